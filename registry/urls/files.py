"""Addresses of inventory files: what a person says about one that waits, and taking an import back."""

from django.urls import path

from registry.views import inventory_files as files

urlpatterns = [
    path("inventory/imports/<uuid:uuid>/columns/", files.columns, name="inventory-columns"),
    path("inventory/imports/<uuid:uuid>/ids/", files.ids, name="inventory-ids"),
    path("inventory/imports/<uuid:uuid>/undo/", files.undo, name="inventory-undo"),
    path("inventory/imports/<uuid:uuid>/leave/", files.leave, name="inventory-leave"),
    path("inventory/columns/", files.mappings, name="inventory-mappings"),
    path("inventory/columns/<uuid:uuid>/forget/", files.forget, name="inventory-forget"),
]
