"""Addresses of the seals of the audit log."""

from django.urls import path

from governance.views import seals

urlpatterns = [
    path("seals/", seals.overview, name="seals-overview"),
    path("seals/verify/", seals.verify, name="seals-verify"),
]
