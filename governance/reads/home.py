"""What waits for a person, by role: the parts of the home page. Each figure knows where its rows are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Membership, Office, Role, User
from accounts.permissions import standing
from audit.models import Event
from audit.reads import refusal
from audit.seal import newest_seal
from governance.lifecycles import AT_WORK
from governance.models import AgendaItem, CheckRun, Condition, Finding, Lane, Meeting, Report, Wave
from governance.models.jobs import Job
from governance.reads import lane_questions, material, recertification, waves
from governance.reads.recertification import Due
from registry import editions, tasklist
from registry.models import Edition, SystemMark, UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.reads.systems import marks_of

SOON = timedelta(days=30)
MOST = 12  # rows of a list on the home page; the rest is one click away


@dataclass(frozen=True)
class Todo:
    """One case of one's own and what to do about it, in a phrase. `rank` orders what needs me next."""

    use_case: UseCase
    what: str
    url: str
    rank: int
    due_on: date | None = None


@dataclass(frozen=True)
class Figure:
    """A number with the rows behind it."""

    label: str
    number: int
    url: str
    of: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Component:
    """A component lead's view of the component."""

    code: str
    figures: list[Figure] = field(default_factory=list)
    to_endorse: list[UseCase] = field(default_factory=list)
    unowned: list[UseCase] = field(default_factory=list)


def my_cases(user: User) -> list[Todo]:
    """My cases in the order of what needs me next: sent back, condition due, answers missing, changes not filed."""
    mine = UseCase.objects.filter(Q(owner=user) | Q(backup_owner=user)).exclude(
        status__in=[Status.WITHDRAWN, Status.RETIRED]
    )
    rows = list(mine.select_related("component").order_by("use_case_id"))
    asked = {one.lane.review.use_case_id: one.lane.office for one in lane_questions.waiting_for(user)}
    due, changed = _conditions_due([row.pk for row in rows]), material.due(row.pk for row in rows)
    marks, offices = marks_of(row.pk for row in rows), _offices([row.pk for row in rows])
    found = [_marked(_todo(row, due.get(row.pk), offices.get(row.pk, "")), marks[row.pk]) for row in rows]
    asked_in = waves.asked(row.pk for row in rows)
    found = [_in_wave(todo, asked_in.get(todo.use_case.pk)) for todo in found]
    years = recertification.due_soon([row.pk for row in rows])
    found = [_to_confirm(todo, years.get(todo.use_case.pk)) for todo in found]
    found = [_changed(todo, changed.get(todo.use_case.pk)) for todo in found]
    found = [_asked(todo, asked.get(todo.use_case.pk)) for todo in found]
    return sorted(found, key=lambda todo: (todo.rank, todo.due_on or date.max, todo.use_case.use_case_id))


def _conditions_due(pks: list[int]) -> dict[int, Condition]:
    rows = Condition.objects.filter(use_case__in=pks, state=Condition.State.OPEN).order_by("-due_on")
    return {row.use_case_id: row for row in rows}


def _offices(pks: list[int]) -> dict[int, str]:
    """The offices that have not answered yet, by case in review."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Lane.objects.filter(review__use_case__in=pks, review__ended_at=None, status__in=AT_WORK, is_advisory=False)
    for lane in rows.select_related("office", "review").order_by("office__code"):
        found[lane.review.use_case_id].append(lane.office.code)
    return {pk: ", ".join(codes) for pk, codes in found.items()}


def _marked(todo: Todo, marks: list[SystemMark]) -> Todo:
    """What a system's record asks of the case's owner; what was sent back and a condition come before it."""
    if not marks or todo.rank <= 1:
        return todo
    more = f" and {len(marks) - 1} more" if len(marks) > 1 else ""
    what = f"{marks[0].system}: look whether the answers still hold{more}"
    return Todo(todo.use_case, what, f"{todo.use_case.get_absolute_url()}#systems", 1)


def _in_wave(todo: Todo, wave: Wave | None) -> Todo:
    """A recorded case the Chief AI Officer asks for: sending it has a day."""
    if wave is None or todo.rank <= 1:
        return todo
    what = f"{todo.what}: asked for in wave {wave.number}"
    return Todo(todo.use_case, what, todo.url, 1, wave.due_on)


def _to_confirm(todo: Todo, due: Due | None) -> Todo:
    """Once a year its owner says that an approved case is still true."""
    if due is None or todo.rank <= 1:
        return todo
    url = f"{todo.use_case.get_absolute_url()}year/"
    return Todo(todo.use_case, "Confirm for another year that it is still true", url, 1, due.due_on)


def _changed(todo: Todo, due_on: date | None) -> Todo:
    """What was approved is another thing now: it goes through review again."""
    if due_on is None or todo.rank <= 1:
        return todo
    return Todo(todo.use_case, "Changed since its approval: send it again", todo.use_case.get_absolute_url(), 1, due_on)


def _asked(todo: Todo, office: Office | None) -> Todo:
    """An office's question comes first: the review stands until it is answered."""
    if office is None:
        return todo
    return Todo(todo.use_case, f"Answer a question: {office.code}", f"{todo.use_case.get_absolute_url()}#questions", 0)


def _todo(row: UseCase, condition: Condition | None, offices: str) -> Todo:
    page, tasks = row.get_absolute_url(), f"{row.get_absolute_url()}tasks/"
    if row.status == Status.RETURNED:
        return Todo(row, "Sent back: answer the reasons and send it again", tasks, 0)
    if condition:
        return Todo(row, "Report that a condition is met", condition.get_absolute_url(), 1, condition.due_on)
    if row.status == Status.DRAFT:
        left = _left(row)
        what = f"Give {left} more {'answer' if left == 1 else 'answers'}" if left else "Check the answers and send it"
        return Todo(row, what, tasks, 2)
    if row.status == Status.RECORDED:
        left = _left(row)
        what = f"Give {left} more answers before review" if left else "Send it for review"
        return Todo(row, what, tasks, 3)
    if row.has_unfiled_changes and row.status in (Status.APPROVED, Status.APPROVED_WITH_CONDITIONS):
        return Todo(row, "Changes are not filed yet: send them", tasks, 3)
    return Todo(row, f"Nothing to do{_with(row, offices)}", page, 9)


def _with(row: UseCase, offices: str) -> str:
    """Who has a case that is on its way."""
    if row.status == Status.IN_REVIEW and offices:
        return f": it is with {offices}"
    holder = {
        Status.SUBMITTED: "the component lead",
        Status.ENDORSED: "the inventory manager",
        Status.IN_REVIEW: "the offices",
        Status.READY: "the Chief AI Officer",
        Status.AT_BOARD: "the Board",
    }.get(Status(row.status))
    return f": it is with {holder}" if holder else ""


def _left(row: UseCase) -> int:
    """How many answers it lacks for review, under the edition it will have to answer by then."""
    newer = editions.behind(row)
    return len(tasklist.missing(editions.of(row), row.document)) + (len(newer.needed) if newer else 0)


def shut_out(user: User) -> list[str]:
    """The components whose cases this person took part in and lost in the last 30 days: one line each, no name."""
    told = Event.objects.filter(
        kind="use_case.participants_shut_out", recorded_at__gte=timezone.now() - SOON, data__people__contains=user.pk
    )
    lost = dict(told.order_by("id").values_list("subject_id", "data__of"))
    back = visible_to(user).filter(use_case_id__in=lost).values_list("use_case_id", flat=True) if lost else ()
    return [code for name, code in lost.items() if name not in set(back)]


def my_components(user: User) -> list[Component]:
    """The components the person leads."""
    codes = Membership.objects.current().filter(user=user, role=Role.COMPONENT_LEAD)
    return [_component(code, pk) for code, pk in codes.values_list("component__code", "component_id")]


def _component(code: str, pk: int) -> Component:
    rows = UseCase.objects.filter(component=pk)
    counts = rows.aggregate(
        cases=Count("pk", filter=~Q(status__in=[Status.DRAFT, Status.WITHDRAWN])),
        drafts=Count("pk", filter=Q(status=Status.DRAFT)),
        high=Count("pk", filter=Q(stage="deployed", impact="high_impact") & ~Q(status=Status.WITHDRAWN)),
    )
    findings = Finding.objects.filter(use_case__component=pk, state=Finding.State.OPEN)
    overdue = findings.filter(due_on__lt=timezone.localdate()).count()
    listed = f"/use-cases/?component={code}"
    found = f"/compliance/findings/?component={code}"
    return Component(
        code,
        figures=[
            Figure("Cases in the inventory", counts["cases"], listed),
            Figure("Deployed high-impact", counts["high"], f"{listed}&stage=deployed&impact=high_impact"),
            Figure("Open findings", findings.count(), found),
            Figure("Findings past due", overdue, f"{found}&due=overdue"),
            Figure("Drafts", counts["drafts"], f"{listed}&status=draft"),
        ],
        to_endorse=list(rows.filter(status=Status.SUBMITTED).order_by("status_changed_at")[:MOST]),
        unowned=list(
            rows.filter(owner=None)
            .exclude(status__in=[Status.WITHDRAWN, Status.RETIRED])
            .order_by("use_case_id")[:MOST]
        ),
    )


@dataclass(frozen=True)
class BoardHome:
    """A Board member's or secretary's view: the next meeting, and what still wants a vote."""

    meeting: Meeting | None
    to_vote: list[AgendaItem]
    waiting: int


def board(user: User) -> BoardHome:
    """The next open meeting, its items without this person's vote, and referred cases no meeting has taken."""
    meeting = Meeting.objects.filter(state=Meeting.State.OPEN).select_related("board").order_by("held_on").first()
    items = (
        AgendaItem.objects.filter(meeting=meeting, closed_at=None, use_case__in=visible_to(user)) if meeting else None
    )
    wanted = (
        items.exclude(votes__member=user).select_related("use_case__component").order_by("position") if items else []
    )
    waiting = AgendaItem.objects.filter(meeting=None, closed_at=None, use_case__in=visible_to(user))
    return BoardHome(meeting, list(wanted), waiting.count())


@dataclass(frozen=True)
class AuditorHome:
    """An auditor's view: the newest seal, runs, reports and exports."""

    seal: Any
    unsealed: int
    runs: list[CheckRun]
    reports: list[Report]
    exports: list[Event]
    refused: list[tuple[Event, str]]


def auditor() -> AuditorHome:
    """What shows that the record is whole."""
    return AuditorHome(
        seal=newest_seal(),
        unsealed=Event.objects.filter(sealed=None).count(),
        runs=list(CheckRun.objects.filter(state=Job.State.DONE, is_incremental=False)[:6]),
        reports=list(Report.objects.filter(state=Job.State.DONE).defer("pdf", "xlsx", "html")[:6]),
        exports=list(Event.objects.filter(kind__in=["inventory.exported", "report.downloaded"]).order_by("-id")[:6]),
        refused=[(row, refusal(row)) for row in Event.objects.filter(kind="act.refused").order_by("-id")[:6]],
    )


@dataclass(frozen=True)
class AdministratorHome:
    """An administrator's view: people that need attention, editions in force, failed jobs."""

    without_role: list[User]
    ending: list[Membership]
    editions: list[Edition]
    failed: list[Job]


def administrator() -> AdministratorHome:
    """People without roles, roles ending, editions, jobs failing; offices that cannot sign are `unsigned.gaps`."""
    current, today = Membership.objects.current(), timezone.localdate()
    without = User.objects.filter(is_active=True, is_system=False).exclude(pk__in=current.values("user"))
    ending = current.filter(ends_on__lte=today + SOON).select_related("user", "component", "office").order_by("ends_on")
    failed: list[Job] = [*Report.objects.filter(state=Job.State.FAILED).defer("pdf", "xlsx", "html")[:5]]
    failed += list(CheckRun.objects.filter(state=Job.State.FAILED)[:5])
    editions = Edition.objects.select_related("instrument").prefetch_related("statuses")
    return AdministratorHome(list(without[:MOST]), list(ending[:MOST]), list(editions), failed)


def has_nothing(user: User) -> bool:
    """Whether the person holds no role at all."""
    return not standing(user).roles
