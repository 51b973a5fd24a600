"""Addresses of the yearly inventory: cycles, a component's part, workbooks that come back."""

from django.urls import path

from registry.views import calls, certifying, changes, cycles, submissions

CYCLE = "inventory/cycles/<int:year>/"
CALL = f"{CYCLE}<str:code>/"

urlpatterns = [
    path("inventory/cycles/", cycles.listing, name="cycles-list"),
    path("inventory/cycles/compare/", changes.compared, name="cycles-compare"),
    path(CYCLE, cycles.overview, name="cycles-overview"),
    path(f"{CYCLE}close/", cycles.close, name="cycles-close"),
    path(f"{CYCLE}reopen/", cycles.reopen, name="cycles-reopen"),
    path(f"{CYCLE}remind/", cycles.remind, name="cycles-remind"),
    path(f"{CYCLE}call/", cycles.call, name="cycles-call"),
    path(f"{CYCLE}changes/", changes.changes, name="cycles-changes"),
    path(f"{CYCLE}changes/count/", submissions.count, name="cycles-count"),
    path(f"{CYCLE}freeze/", submissions.freeze, name="cycles-freeze"),
    path(f"{CYCLE}submissions/<int:number>/", submissions.submission, name="submissions-detail"),
    path(f"{CYCLE}submissions/<int:number>/file/", submissions.download, name="submissions-file"),
    path(f"{CYCLE}submissions/<int:number>/amend/", submissions.amend, name="submissions-amend"),
    path(f"{CYCLE}submissions/<int:number>/publish/", submissions.publish, name="submissions-publish"),
    path("public/inventory/<int:year>/revisions/", submissions.public_log, name="public-revisions"),
    path(f"{CYCLE}cases/<str:use_case_id>/", calls.case, name="calls-case"),
    path(CALL, calls.detail, name="calls-detail"),
    path(f"{CALL}extend/", calls.extend, name="calls-extend"),
    path(f"{CALL}close/", calls.close, name="calls-close"),
    path(f"{CALL}reopen/", calls.reopen, name="calls-reopen"),
    path(f"{CALL}workbook/", calls.workbook, name="calls-workbook"),
    path(f"{CALL}workbook/back/", calls.bring_back, name="calls-bring_back"),
    path(f"{CALL}certify/", certifying.page, name="calls-certify"),
    path(
        "inventory/certifications/<uuid:uuid>/countersign/", certifying.countersign, name="certifications-countersign"
    ),
    path("inventory/certifications/<uuid:uuid>/withdraw/", certifying.withdraw, name="certifications-withdraw"),
    path("inventory/returns/<uuid:uuid>/", calls.returned, name="calls-returned"),
    path("inventory/returns/<uuid:uuid>/take/", calls.take, name="calls-take"),
    path("inventory/returns/<uuid:uuid>/discard/", calls.discard, name="calls-discard"),
]
