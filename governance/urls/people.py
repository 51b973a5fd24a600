"""Addresses of conditions, and of people standing in for each other."""

from django.urls import path

from governance.views import conditions, standing_in

urlpatterns = [
    path("reviews/conditions/", conditions.listing, name="conditions-list"),
    path("reviews/conditions/<uuid:uuid>/", conditions.detail, name="conditions-detail"),
    path("reviews/conditions/<uuid:uuid>/met/", conditions.met, name="conditions-met"),
    path("reviews/conditions/<uuid:uuid>/accept/", conditions.accept, name="conditions-accept"),
    path("reviews/conditions/<uuid:uuid>/back/", conditions.back, name="conditions-back"),
    path("reviews/conditions/<uuid:uuid>/due/", conditions.due, name="conditions-due"),
    path("reviews/conditions/<uuid:uuid>/owner/", conditions.owner, name="conditions-owner"),
    path("standing-in/", standing_in.page, name="standing_in-page"),
    path("standing-in/delegate/", standing_in.delegate, name="standing_in-delegate"),
    path("standing-in/<uuid:uuid>/end/", standing_in.end_delegation, name="standing_in-end"),
    path("standing-in/signers/", standing_in.signers, name="standing_in-signers"),
    path("standing-in/signers/name/", standing_in.name_signer, name="standing_in-name_signer"),
    path("standing-in/signers/<uuid:uuid>/end/", standing_in.end_signer, name="standing_in-end_signer"),
    path("use-cases/<str:use_case_id>/recuse/", standing_in.recuse, name="standing_in-recuse"),
    path("standing-in/recusals/<uuid:uuid>/lift/", standing_in.lift, name="standing_in-lift"),
]
