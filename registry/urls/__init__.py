"""Addresses of the registry's pages. The use case's own page belongs to governance: it shows judgements too."""

from django.urls import path

from registry.urls import cots as urls_cots
from registry.urls import cycles as urls_cycles
from registry.urls import files as urls_files
from registry.urls import listing as urls_list
from registry.urls import outside as urls_outside
from registry.urls import systems as urls_systems
from registry.urls import talk as urls_talk
from registry.urls import withholding as urls_withholding
from registry.views import (
    counting,
    editions,
    inventory,
    need_to_know,
    participation,
    people,
    registering,
    sections,
    use_cases,
)  # fmt: skip

urlpatterns = [
    *urls_systems.urlpatterns,
    *urls_list.urlpatterns,
    path("use-cases/register/", registering.register, name="use_cases-register"),
    path("use-cases/similar/", registering.like_this, name="use_cases-similar"),
    path("use-cases/joins/", participation.joins, name="joins-list"),
    path("use-cases/joins/<uuid:uuid>/answer/", participation.answer, name="joins-answer"),
    path("use-cases/joins/<uuid:uuid>/take-back/", participation.take_back, name="joins-take_back"),
    path("use-cases/<str:use_case_id>/part/", participation.part, name="parts-confirm"),
    path("use-cases/<str:use_case_id>/part/leave/", participation.leave, name="parts-leave"),
    path("use-cases/<str:use_case_id>/tasks/", use_cases.tasks, name="use_cases-tasks"),
    path("use-cases/<str:use_case_id>/tasks/<slug:slug>/", sections.section, name="use_cases-section"),
    path("use-cases/<str:use_case_id>/edition/", editions.edition, name="use_cases-edition"),
    path("use-cases/<str:use_case_id>/people/", people.people, name="use_cases-people"),
    path("use-cases/<str:use_case_id>/people/restrict/", need_to_know.restrict, name="use_cases-restrict"),
    path("use-cases/<str:use_case_id>/people/name/", need_to_know.name, name="need_to_know-name"),
    path("use-cases/<str:use_case_id>/people/<uuid:uuid>/end/", need_to_know.end, name="need_to_know-end"),
    path("use-cases/<str:use_case_id>/count/", counting.count, name="use_cases-count"),
    path("use-cases/<str:use_case_id>/delete/", use_cases.delete, name="use_cases-delete"),
    path("use-cases/<str:use_case_id>/accept/", use_cases.accept, name="use_cases-accept"),
    path("use-cases/<str:use_case_id>/revisions/<int:number>/", use_cases.revision, name="use_cases-revision"),
    *urls_talk.urlpatterns,
    *urls_cots.urlpatterns,
    *urls_outside.urlpatterns,
    *urls_withholding.urlpatterns,
    *urls_cycles.urlpatterns,
    *urls_files.urlpatterns,
    path("inventory/", inventory.imports, name="inventory-imports"),
    path("inventory/imports/<uuid:uuid>/", inventory.preview, name="inventory-preview"),
    path("inventory/imports/<uuid:uuid>/confirm/", inventory.confirm, name="inventory-confirm"),
    path("inventory/imports/<uuid:uuid>/discard/", inventory.discard, name="inventory-discard"),
    path("inventory/export/", inventory.export, name="inventory-export"),
    path("inventory/corrections/", inventory.corrections, name="corrections-list"),
    path("inventory/corrections/<uuid:uuid>/accept/", inventory.accept, name="corrections-accept"),
    path("inventory/corrections/<uuid:uuid>/refuse/", inventory.refuse, name="corrections-refuse"),
]
