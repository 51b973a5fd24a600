"""Addresses of the runs of the checks."""

from django.urls import path

from governance.views import runs

urlpatterns = [
    path("compliance/runs/", runs.listing, name="runs-list"),
    path("compliance/runs/ask/", runs.ask, name="runs-ask"),
    path("compliance/runs/compare/", runs.compare, name="runs-compare"),
    path("compliance/runs/<uuid:uuid>/", runs.detail, name="runs-detail"),
]
