"""Addresses of common commercial uses, of what looks wrong, and of a file looked through before it leaves."""

from django.urls import path

from registry.views import cots, exporting, quality

urlpatterns = [
    path("inventory/export/check/", exporting.check, name="inventory-check"),
    path("inventory/quality/", quality.overview, name="quality-overview"),
    path("inventory/quality/cases/", quality.cases, name="quality-cases"),
    path("inventory/quality/count/", quality.count, name="quality-count"),
    path("inventory/cots/", cots.overview, name="cots-overview"),
    path("inventory/cots/download/", cots.download, name="cots-download"),
    path("inventory/cots/bring/", cots.bring, name="cots-bring"),
    path("inventory/cots/files/<uuid:uuid>/", cots.preview, name="cots-preview"),
    path("inventory/cots/settle/<slug:code>/", cots.settle, name="cots-settle"),
    path("inventory/cots/of/<str:code>/", cots.component, name="cots-component"),
]
