"""Addresses of systems, of a case's systems, and of owners."""

from django.urls import path

from registry.views import case_systems, owners, systems

urlpatterns = [
    path("systems/", systems.listing, name="systems-list"),
    path("systems/add/", systems.add, name="systems-add"),
    path("systems/named/", systems.named, name="systems-named"),
    path("systems/<uuid:uuid>/", systems.detail, name="systems-detail"),
    path("systems/<uuid:uuid>/edit/", systems.edit, name="systems-edit"),
    path("systems/<uuid:uuid>/same-as/", systems.join, name="systems-join"),
    path("use-cases/<str:use_case_id>/systems/link/", case_systems.link, name="use_cases-link_system"),
    path("use-cases/<str:use_case_id>/systems/confirm/", case_systems.confirm, name="use_cases-confirm_marks"),
    path(
        "use-cases/<str:use_case_id>/systems/<uuid:uuid>/unlink/", case_systems.unlink, name="use_cases-unlink_system"
    ),
    path(
        "use-cases/<str:use_case_id>/systems/<uuid:uuid>/take-over/", case_systems.take_over, name="use_cases-take_over"
    ),
    path("use-cases/<str:use_case_id>/systems/<uuid:uuid>/keep/", case_systems.keep, name="use_cases-keep_answer"),
    path("use-cases/assign/", owners.assign, name="use_cases-assign"),
    path("use-cases/<str:use_case_id>/assign/", owners.assign, name="use_cases-assign_one"),
    path("use-cases/<str:use_case_id>/transfer/", owners.transfer, name="use_cases-transfer"),
    path("owners/", owners.listing, name="owners-list"),
    path("owners/leaving/", owners.leaving, name="owners-leaving"),
    path("owners/staying/", owners.staying, name="owners-staying"),
]
