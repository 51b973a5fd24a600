"""Addresses of holds on prohibited uses, and of orders to stop."""

from django.urls import path

from governance.views import holds

urlpatterns = [
    path("holds/", holds.listing, name="holds-list"),
    path("holds/<uuid:uuid>/", holds.detail, name="holds-detail"),
    path("holds/<uuid:uuid>/determine/", holds.determine, name="holds-determine"),
    path("holds/<uuid:uuid>/reopen/", holds.reopen, name="holds-reopen"),
    path("holds/<uuid:uuid>/refer/", holds.refer, name="holds-refer"),
    path("holds/<uuid:uuid>/board/", holds.answer, name="holds-answer"),
    path("holds/orders/<uuid:uuid>/", holds.order, name="stop_orders-detail"),
    path("holds/orders/<uuid:uuid>/report/", holds.report, name="stop_orders-report"),
    path("holds/orders/<uuid:uuid>/confirm/", holds.confirm, name="stop_orders-confirm"),
    path("holds/orders/<uuid:uuid>/back/", holds.back, name="stop_orders-back"),
]
