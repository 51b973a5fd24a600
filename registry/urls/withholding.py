"""Addresses of what is withheld from the public."""

from django.urls import path

from registry.views import withholding

urlpatterns = [
    path("inventory/withholding/", withholding.overview, name="withholding-overview"),
    path("inventory/withholding/counts/", withholding.counts, name="withholding-counts"),
    path("inventory/withholding/<str:use_case_id>/<slug:field>/", withholding.review, name="withholding-review"),
]
