"""Addresses of judgement: home, the use case's page, reviews, the Board, compliance, reports."""

from django.urls import path

from governance.urls import determinations as urls_determinations
from governance.urls import exceptions as urls_exceptions
from governance.urls import findings as urls_findings
from governance.urls import gates as urls_gates
from governance.urls import holds as urls_holds
from governance.urls import lanes as urls_lanes
from governance.urls import notices as urls_notices
from governance.urls import owners as urls_owners
from governance.urls import people as urls_people
from governance.urls import policy as urls_policy
from governance.urls import queue as urls_queue
from governance.urls import records as urls_records
from governance.urls import runs as urls_runs
from governance.urls import seals as urls_seals
from governance.views import (
    board,
    compliance,
    deadlines,
    home,
    left_out,
    list_pdf,
    past,
    people,
    practices,
    reports,
    reviews,
    use_cases,
)

urlpatterns = [
    *urls_notices.urlpatterns,
    *urls_seals.urlpatterns,
    *urls_owners.urlpatterns,
    *urls_people.urlpatterns,
    *urls_determinations.urlpatterns,
    *urls_holds.urlpatterns,
    *urls_gates.urlpatterns,
    *urls_exceptions.urlpatterns,
    *urls_records.urlpatterns,
    *urls_runs.urlpatterns,
    path("", home.start, name="home"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="people-deactivate"),
    path("use-cases/list.pdf", list_pdf.list_pdf, name="use_cases-list_pdf"),
    path("use-cases/left-out/", left_out.listing, name="use_cases-left_out"),
    # a case's own page and steps
    path("use-cases/<str:use_case_id>/", use_cases.detail, name="use_cases-detail"),
    path("use-cases/<str:use_case_id>/check/", use_cases.check, name="use_cases-check"),
    path("use-cases/<str:use_case_id>/submit/", use_cases.submit, name="use_cases-submit"),
    path("use-cases/<str:use_case_id>/withdraw/", use_cases.withdraw, name="use_cases-withdraw"),
    path("use-cases/<str:use_case_id>/suspend/", use_cases.suspend, name="use_cases-suspend"),
    path("use-cases/<str:use_case_id>/resume/", use_cases.resume, name="use_cases-resume"),
    path("use-cases/<str:use_case_id>/retire/", use_cases.retire, name="use_cases-retire"),
    path("use-cases/<str:use_case_id>/needs/", use_cases.needs, name="use_cases-needs"),
    path("use-cases/<str:use_case_id>/history/", past.history, name="use_cases-history"),
    path("use-cases/<str:use_case_id>/history/compare/", past.compare, name="use_cases-compare"),
    path("use-cases/<str:use_case_id>/history/as-of/", past.as_of, name="use_cases-as_of"),
    path("use-cases/<str:use_case_id>/history/answers/<slug:field>/", past.answer, name="use_cases-answer"),
    path("use-cases/<str:use_case_id>/revisions/<int:number>/restore/", past.restore, name="use_cases-restore"),
    # reviews
    *urls_lanes.urlpatterns,
    *urls_queue.urlpatterns,
    path("reviews/lanes/<uuid:uuid>/", reviews.lane, name="reviews-lane"),
    path("reviews/<str:use_case_id>/endorse/", reviews.endorse, name="reviews-endorse"),
    path("reviews/<str:use_case_id>/triage/", reviews.triage, name="reviews-triage"),
    path("reviews/<str:use_case_id>/decide/", reviews.decide, name="reviews-decide"),
    # the Board
    path("board/", board.meetings, name="board-meetings"),
    path("board/meetings/open/", board.open_meeting, name="board-open_meeting"),
    path("board/meetings/<uuid:uuid>/", board.meeting, name="board-meeting"),
    path("board/meetings/<uuid:uuid>/schedule/", board.schedule, name="board-schedule"),
    path("board/meetings/<uuid:uuid>/close/", board.close_meeting, name="board-close_meeting"),
    path("board/items/<uuid:uuid>/", board.item, name="board-item"),
    path("board/items/<uuid:uuid>/vote/", board.vote, name="board-vote"),
    path("board/items/<uuid:uuid>/close/", board.close_item, name="board-close_item"),
    # compliance
    path("compliance/", compliance.overview, name="compliance-overview"),
    path("compliance/matrix/", compliance.practice_matrix, name="compliance-matrix"),
    path("compliance/calendar/", deadlines.calendar, name="compliance-calendar"),
    *urls_findings.urlpatterns,
    path("compliance/components/<str:code>/", compliance.component, name="compliance-component"),
    path("use-cases/<str:use_case_id>/practices/", practices.of_case, name="compliance-practices"),
    *(
        path(
            f"use-cases/<str:use_case_id>/practices/<slug:practice>/{act}/",
            practices.act,
            {"act": act},
            name=f"compliance-{act}",
        )
        for act in practices.ACTS
    ),
    path("reports/", reports.listing, name="reports-list"),
    path("reports/make/", reports.make, name="reports-make"),
    path("reports/<uuid:uuid>/", reports.detail, name="reports-detail"),
    path("reports/<uuid:uuid>/<slug:file_format>/", reports.download, name="reports-download"),
    *urls_policy.urlpatterns,
]
