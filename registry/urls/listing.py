"""Addresses of the list: views of it, tags, bulk acts."""

from django.urls import path

from registry.views import bulk, listing, saved_views, work

urlpatterns = [
    path("use-cases/", listing.listing, name="use_cases-list"),
    path("use-cases/views/", saved_views.listing, name="saved_views-list"),
    path("use-cases/views/save/", saved_views.save, name="saved_views-save"),
    path("use-cases/views/columns/", saved_views.own_columns, name="saved_views-columns"),
    path("use-cases/views/<uuid:uuid>/", saved_views.change, name="saved_views-change"),
    path("use-cases/views/<uuid:uuid>/update/", saved_views.update, name="saved_views-update"),
    path("use-cases/views/<uuid:uuid>/remove/", saved_views.remove, name="saved_views-remove"),
    path("use-cases/views/<uuid:uuid>/restore/", saved_views.restore, name="saved_views-restore"),
    path("use-cases/views/<uuid:uuid>/default/", saved_views.default, name="saved_views-default"),
    path("use-cases/bulk/", bulk.confirm, name="use_cases-bulk"),
    path("use-cases/bulk/<uuid:act>/", bulk.acted, name="use_cases-acted"),
    path("use-cases/updates/<uuid:uuid>/unchanged/", work.unchanged, name="updates-unchanged"),
    path("use-cases/updates/<uuid:uuid>/take-back/", work.take_back, name="updates-take_back"),
    path("use-cases/<str:use_case_id>/tags/", work.tags, name="use_cases-tags"),
]
