"""Addresses of the gates: requests, reconsideration."""

from django.urls import path

from governance.views import gates, recertification, waves

urlpatterns = [
    path("use-cases/<str:use_case_id>/request/", gates.request, name="gates-request"),
    path("use-cases/<str:use_case_id>/request/take-back/", gates.take_back, name="gates-take_back"),
    path("use-cases/<str:use_case_id>/reconsider/", gates.reconsider, name="gates-reconsider"),
    path("use-cases/<str:use_case_id>/year/", recertification.detail, name="year-case"),
    path("use-cases/<str:use_case_id>/year/confirm/", recertification.confirm, name="year-confirm"),
    path("use-cases/<str:use_case_id>/year/certify/", recertification.certify, name="year-certify"),
    path("reviews/year/", recertification.listing, name="year-list"),
    path("reviews/waves/", waves.listing, name="waves-list"),
    path("reviews/waves/open/", waves.add, name="waves-open"),
    path("reviews/waves/<int:number>/", waves.detail, name="waves-detail"),
    path("reviews/waves/<int:number>/<str:use_case_id>/", waves.leave, name="waves-leave"),
]
