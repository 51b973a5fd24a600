"""Addresses of the gates: requests, reconsideration."""

from django.urls import path

from governance.views import gates

urlpatterns = [
    path("use-cases/<str:use_case_id>/request/", gates.request, name="gates-request"),
    path("use-cases/<str:use_case_id>/request/take-back/", gates.take_back, name="gates-take_back"),
    path("use-cases/<str:use_case_id>/reconsider/", gates.reconsider, name="gates-reconsider"),
]
