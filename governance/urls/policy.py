"""Addresses of the policy catalogue."""

from django.urls import path

from governance.views import policy, what_if

urlpatterns = [
    path("policy/", policy.listing, name="policy-list"),
    path("policy/what-if/", what_if.listing, name="policy-what_if"),
    path("policy/what-if/<uuid:uuid>/", what_if.detail, name="policy-simulation"),
    path("policy/<slug:slug>/<str:day>/", policy.edition, name="policy-edition"),
    path("policy/<slug:slug>/<str:day>/compare/", policy.compare, name="policy-compare"),
    path("policy/<slug:slug>/<str:day>/affected/", policy.affected, name="policy-affected"),
    path("policy/<slug:slug>/<str:day>/status/", policy.sign, name="policy-sign"),
]
