"""Addresses of the people pages."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("people/", views.people, name="people-list"),
    path("people/invite/", views.invite, name="people-invite"),
    path("people/components/", views.components, name="people-components"),
    path("people/me/", views.me, name="people-me"),
    path("people/me/tokens/", views.tokens, name="people-tokens"),
    path("people/<int:pk>/", views.person, name="people-detail"),
    path("people/<int:pk>/reactivate/", views.reactivate, name="people-reactivate"),
    path("people/memberships/<int:pk>/end/", views.end_membership, name="people-end-membership"),
    path("demo/", views.demo_people, name="demo-people"),
]
