"""Addresses of dated records."""

from django.urls import path

from governance.views import record_register, records

urlpatterns = [
    path("compliance/records/", record_register.listing, name="records-list"),
    path("compliance/records/<uuid:uuid>/", records.detail, name="records-detail"),
    path("compliance/records/<uuid:uuid>/withdraw/", records.withdraw, name="records-withdraw"),
    path("use-cases/<str:use_case_id>/records/", records.of_case, name="records-case"),
    path("use-cases/<str:use_case_id>/records/<slug:kind>/", records.add, name="records-add"),
]
