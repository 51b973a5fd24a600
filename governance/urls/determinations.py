"""Addresses of determinations, and of who was named to determine."""

from django.urls import path

from governance.views import determinations

urlpatterns = [
    path("determinations/", determinations.listing, name="determinations-list"),
    path("determinations/repeated/", determinations.repeated, name="determinations-repeated"),
    path("determinations/officials/", determinations.officials, name="determinations-officials"),
    path("determinations/officials/name/", determinations.name_official, name="determinations-name_official"),
    path("determinations/officials/<uuid:uuid>/end/", determinations.end_official, name="determinations-end_official"),
    path("use-cases/<str:use_case_id>/determination/", determinations.page, name="determinations-page"),
    path("use-cases/<str:use_case_id>/determination/sign/", determinations.determine, name="determinations-sign"),
    path("use-cases/<str:use_case_id>/determination/ai/", determinations.determine_ai, name="determinations-sign_ai"),
    path(
        "use-cases/<str:use_case_id>/determination/<uuid:uuid>/acknowledge/",
        determinations.acknowledge,
        name="determinations-acknowledge",
    ),
]
