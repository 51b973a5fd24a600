"""Addresses of waivers, extensions and pilot certificates, and of ordering a use stopped that does not comply."""

from django.urls import path

from governance.views import exceptions, waivers

urlpatterns = [
    path("waivers/", waivers.listing, name="waivers-list"),
    path("waivers/public/", waivers.public, name="waivers-public"),
    path("waivers/requests/<uuid:uuid>/", waivers.request_page, name="waivers-request"),
    path("waivers/requests/<uuid:uuid>/grant/", waivers.grant, name="waivers-grant"),
    path("waivers/requests/<uuid:uuid>/back/", waivers.send_back, name="waivers-back"),
    path("waivers/requests/<uuid:uuid>/decline/", waivers.decline, name="waivers-decline"),
    path("waivers/requests/<uuid:uuid>/take-back/", waivers.take_back, name="waivers-take_back"),
    path("waivers/<uuid:uuid>/", waivers.detail, name="waivers-detail"),
    path("waivers/<uuid:uuid>/revoke/", waivers.revoke, name="waivers-revoke"),
    path("waivers/<uuid:uuid>/certify/", waivers.certify, name="waivers-certify"),
    path("waivers/<uuid:uuid>/keep/", waivers.keep, name="waivers-keep"),
    path("waivers/<uuid:uuid>/report/", waivers.report, name="waivers-report"),
    path("waivers/extensions/<uuid:uuid>/", exceptions.extension, name="extensions-detail"),
    path("waivers/extensions/<uuid:uuid>/remove/", exceptions.remove, name="extensions-remove"),
    path("waivers/pilots/<uuid:uuid>/", exceptions.pilot, name="pilots-detail"),
    path("waivers/pilots/<uuid:uuid>/close/", exceptions.close, name="pilots-close"),
    path("use-cases/<str:use_case_id>/extension/", exceptions.record, name="extensions-record"),
    path("use-cases/<str:use_case_id>/pilot/", exceptions.certify, name="pilots-certify"),
    path("use-cases/<str:use_case_id>/discontinue/", exceptions.discontinue, name="stop_orders-order"),
    path("holds/orders/<uuid:uuid>/lift/", exceptions.lift, name="stop_orders-lift"),
]
