"""Addresses of findings and of work on them."""

from django.urls import path

from governance.views import finding, findings, not_met

urlpatterns = [
    path("compliance/findings/several/", findings.several, name="findings-several"),
    path("compliance/findings/weekly/", findings.weekly, name="findings_week-list"),
    path("compliance/not-met/", not_met.listing, name="not_met-list"),
    path("compliance/findings/", findings.listing, name="compliance-findings"),
    path("compliance/findings/<uuid:uuid>/", finding.detail, name="findings-detail"),
    *(
        path(f"compliance/findings/<uuid:uuid>/{act}/", finding.act, {"act": act}, name=f"findings-{act}")
        for act in finding.ACTS
    ),
]
