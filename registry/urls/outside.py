"""Addresses of lists from outside."""

from django.urls import path

from registry.views import outside

urlpatterns = [
    path("inventory/outside/", outside.overview, name="outside-overview"),
    path("inventory/outside/bring/", outside.bring, name="outside-bring"),
    path("inventory/outside/lists/<uuid:uuid>/", outside.file, name="outside-file"),
    path("inventory/outside/lines/", outside.lines, name="outside-list"),
    path("inventory/outside/lines/act/", outside.act, name="outside-act"),
    path("inventory/outside/lines/<uuid:uuid>/", outside.line, name="outside-line"),
]
