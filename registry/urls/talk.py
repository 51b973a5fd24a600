"""Addresses of evidence and of the conversation."""

from django.urls import path

from registry.views import conversation, evidence

urlpatterns = [
    path("use-cases/<str:use_case_id>/evidence/", evidence.listing, name="evidence-list"),
    path("use-cases/<str:use_case_id>/evidence/add/", evidence.add, name="evidence-add"),
    path("evidence/<uuid:uuid>/", evidence.open_page, name="evidence-open"),
    path("evidence/<uuid:uuid>/file/", evidence.download, name="evidence-download"),
    path("evidence/<uuid:uuid>/link/", evidence.make_link, name="evidence-link"),
    path("evidence/<uuid:uuid>/replace/", evidence.replace, name="evidence-replace"),
    path("evidence/<uuid:uuid>/remove/", evidence.remove, name="evidence-remove"),
    path("evidence/by-link/<str:token>/", evidence.by_link, name="evidence-signed"),
    path("use-cases/<str:use_case_id>/conversation/", conversation.listing, name="comments-list"),
    path("comments/<uuid:uuid>/reply/", conversation.reply, name="comments-reply"),
    path("comments/<uuid:uuid>/resolve/", conversation.resolve, name="comments-resolve"),
    path("comments/<uuid:uuid>/reopen/", conversation.reopen, name="comments-reopen"),
    path("comments/<uuid:uuid>/retract/", conversation.retract, name="comments-retract"),
]
