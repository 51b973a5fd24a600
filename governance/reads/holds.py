"""Holds on prohibited uses: what they block, the lists of them, and what one page shows of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from accounts.models import Office, Role
from accounts.permissions import standing
from audit.models import Event
from audit.reads import sentence
from governance import prohibitions
from governance.models import Finding, Hold, HoldWord, StopOrder
from governance.permissions.holds import holds_visible_to, place, to_answer, to_confirm
from governance.permissions.office import Seat, offices_of, people_of
from registry import asking, editions, questionnaire
from registry import document as documents
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.know import for_reader

State = Hold.State
RUNNING = ("pilot", "deployed")
IN_USE = Q(use_case__stage__in=RUNNING)
EXPLAINED = "prohibited_explained"
UNNAMED = "A question on prohibited uses that is restricted here"
FILTERS = {
    "open": "Open",
    "running": "Open, in use",
    "mine": "Yours to answer",
    "board": "Before the Board",
    "applies": "Applies",
    "stopping": "Ordered to stop, not confirmed",
    "lifted": "Lifted",
    "every": "Every one",
}


def title(hold: Hold) -> str:
    """The question in a few words, for whoever the row of the case was read for."""
    if hold.prohibition in hold.use_case.hidden:
        return UNNAMED
    known = questionnaire.every().get(hold.prohibition)
    return known.title if known else hold.prohibition


def question(hold: Hold) -> str:
    """The question in full."""
    known = questionnaire.every().get(hold.prohibition)
    return UNNAMED if hold.prohibition in hold.use_case.hidden or not known else known.label


# -- what it blocks ---------------------------------------------------------------------------------


def blocking_words(use_case: UseCase) -> list[str]:
    """Why nothing of this case can be approved, and no gate passed, now: in sentences that name who has to speak
    (DHS Directive 139-08, prohibitions). Empty when no hold stands."""
    live = {row.prohibition: row for row in live_of(use_case)}
    said = [_why(row) for row in live.values() if row.state in (State.OPEN, State.APPLIES)]
    if _unseen(use_case, live):
        said.append("A prohibited use is not ruled out in what is filed, and its hold is being opened. Wait a moment.")
    return said


def _unseen(use_case: UseCase, live: Mapping[str, Hold]) -> set[str]:
    """Filed answers that open a hold nobody has opened yet: what came in otherwise than by sending it for review."""
    filed = use_case.filed_document or {}
    hits = set(prohibitions.hits(prohibitions.editions()[-1], filed)) - set(live) - use_case.hidden
    return hits & asking.asked(editions.filed(use_case), filed) if hits else hits


def _why(hold: Hold) -> str:
    if hold.state == State.APPLIES:
        return "A prohibition applies to this use. It stands until a new answer is filed or the hold is opened again."
    names = waiting_names(hold)
    verb = "has" if len(names) == 1 else "have"
    return f"A hold is open on a prohibited use: {' and '.join(names)} {verb} still to say whether it applies."


def live_of(use_case: UseCase) -> list[Hold]:
    """The case's holds that count, in the order they were opened."""
    rows = Hold.objects.filter(use_case=use_case, is_live=True).prefetch_related("words")
    found = list(rows.order_by("opened_at", "pk"))
    for row in found:
        row.use_case = use_case
    return found


def waiting_names(hold: Hold) -> list[str]:
    """The offices still to speak, by name."""
    spoken = {word.office_id for word in hold.words.all() if word.replaced_at is None}
    offices = {office.code: office for office in offices_asked(hold)}
    return [
        f"the {offices[code].name}" if code in offices else f"the office {code}"
        for code in hold.offices
        if code not in offices or offices[code].pk not in spoken
    ]


def offices_asked(hold: Hold) -> list[Office]:
    """The offices that determine, in the order of the list; one that is not set up is missing here."""
    rows = {row.code: row for row in Office.objects.filter(agency=hold.use_case.agency_id, code__in=hold.offices)}
    return [rows[code] for code in hold.offices if code in rows]


def resume_words(use_case: UseCase) -> list[str]:
    """Why a stopped use cannot resume: an order to stop stands, or a hold."""
    order = StopOrder.objects.filter(use_case=use_case, lifted_at=None).first()
    ends = "when its hold is opened again and lifted"
    if order and order.because == StopOrder.Because.NOT_COMPLIANT:
        ends = "when the practices are met or covered and the Chief AI Officer lifts it"
    said = [f"An order to stop stands. It ends {ends}."] if order else []
    return said + blocking_words(use_case)


# -- on a case's pages ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A hold as a line: in words the reader may read, and who has still to speak."""

    hold: Hold
    title: str
    answer: str
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class OnCase:
    """What a case's pages say first: holds that stand, and the order to stop."""

    standing: list[Line]
    orders: list[StopOrder]
    lifted: int

    def __bool__(self) -> bool:
        return bool(self.standing or self.orders)

    @property
    def is_open(self) -> bool:
        """Whether offices still have to speak."""
        return any(one.hold.is_open for one in self.standing)


def on_case(use_case: UseCase) -> OnCase:
    """The holds of a case as the person for whom the row was cut may read them."""
    live = live_of(use_case)
    standing = [line(row) for row in live if row.state in (State.OPEN, State.APPLIES)]
    orders = list(StopOrder.objects.filter(use_case=use_case, lifted_at=None).order_by("-ordered_at"))
    return OnCase(standing, orders, sum(row.state == State.LIFTED for row in live))


def line(hold: Hold) -> Line:
    """One of them."""
    is_hidden = hold.prohibition in hold.use_case.hidden
    said = "" if is_hidden else hold.get_answer_display()
    return Line(hold, title(hold), said, tuple(waiting_names(hold)) if hold.is_open else ())


# -- one hold ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """One office of a hold: what it says now, what it said before, and as whom this person may speak for it."""

    code: str
    office: Office | None
    word: HoldWord | None
    earlier: list[HoldWord]
    seat: Seat
    is_empty: bool = False  # nobody acts for the office now: the Chief AI Officer names an acting signer

    @property
    def name(self) -> str:
        """The office's name; its code where it is not set up."""
        return self.office.name if self.office else f"The office {self.code}, which is not set up"

    @property
    def is_yours(self) -> bool:
        """Whether the person may speak for it."""
        return self.seat.by is not None and not self.seat.reasons


def desks(user: Any, hold: Hold) -> list[Desk]:
    """The offices of a hold in the order of the list."""
    offices = {office.code: office for office in offices_asked(hold)}
    words = list(hold.words.select_related("office", "person", "revision").order_by("said_at", "pk"))
    return [_desk(user, hold, code, offices.get(code), words) for code in hold.offices]


def _desk(user: Any, hold: Hold, code: str, office: Office | None, words: Iterable[HoldWord]) -> Desk:
    own = [word for word in words if office and word.office_id == office.pk]
    now = next((word for word in own if word.replaced_at is None), None)
    seat = place(user, hold, office) if office and hold.is_open else Seat(None, ())
    is_empty = bool(office and hold.is_open and not now and not people_of([office.pk]))
    return Desk(code, office, now, [word for word in own if word.replaced_at], seat, is_empty)


def is_readable(hold: Hold) -> bool:
    """Whether reasons are shown: they quote the answer and what its owner says of it, which may be restricted."""
    return not {hold.prohibition, EXPLAINED} & hold.use_case.hidden


def known_of(hold: Hold) -> str:
    """What the owner says is known of it, as filed, for whoever may read it."""
    if not is_readable(hold):
        return ""
    use_case = hold.use_case
    return str(documents.answers(use_case.filed_document or {}).get(EXPLAINED) or "")


def findings(hold: Hold) -> list[Finding]:
    """What the compliance checks found on the same question and is not resolved."""
    rows = Finding.objects.filter(use_case=hold.use_case, field=hold.prohibition)
    return list(rows.exclude(state=Finding.State.RESOLVED).order_by("due_on", "pk"))


def history(*things: Any) -> list[tuple[Event, str]]:
    """What happened to a hold and its order to stop, newest first. Events of a hold say no reasons."""
    keys = [thing.event_subject() for thing in things if thing]
    wanted = Q(pk__in=[])
    for key in keys:
        wanted |= Q(subject_type=key.type, subject_id=key.id)
    events = Event.objects.filter(wanted).exclude(kind="act.refused").order_by("-id")
    return [(event, sentence(event)) for event in events[:60]]


def chain(hold: Hold) -> list[Hold]:
    """Every time the same question was open on the case, newest first."""
    rows = Hold.objects.filter(use_case=hold.use_case_id, prohibition=hold.prohibition)
    return list(rows.order_by("-opened_at", "-pk"))


# -- lists ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """The list with the counts of its filters."""

    show: str
    rows: QuerySet[Hold]
    filters: list[tuple[str, str, int]]


def listing(user: Any, show: str) -> Listing:
    """Holds of the cases the person may see, counted by filter; in use first, then the oldest."""
    show = show if show in FILTERS else "open"
    rows = holds_visible_to(user)
    tests = _tests(user)
    counts = rows.aggregate(**{name: Count("pk", filter=test, distinct=True) for name, test in tests.items()})
    filters = [(name, label, counts[name]) for name, label in FILTERS.items() if name != "mine" or counts[name]]
    return Listing(show, ordered(rows.filter(tests[show])), filters)


def ordered(rows: QuerySet[Hold]) -> QuerySet[Hold]:
    """In use first, then by age."""
    first = Case(When(IN_USE, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.select_related("use_case__component", "use_case__owner").prefetch_related(
        "words__office", "stop_orders"
    )
    return rows.order_by(first, "opened_at", "pk")


def _tests(user: Any) -> dict[str, Q]:
    is_open = Q(state=State.OPEN)
    return {
        "open": is_open,
        "running": is_open & IN_USE,
        "mine": Q(pk__in=to_answer(user).values("pk")),
        "board": Q(referred_at__isnull=False, answered_at=None, is_live=True),
        "applies": Q(state=State.APPLIES, is_live=True),
        "stopping": Q(stop_orders__state__in=["ordered", "reported"]),
        "lifted": Q(state=State.LIFTED),
        "every": Q(),
    }


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    hold: Hold
    title: str
    answer: str
    waiting: str
    order: StopOrder | None


def rows_of(user: Any, holds: Iterable[Hold]) -> list[Row]:
    """The lines as this person may read them; no query a line."""
    found = list(holds)
    for_reader(user, *(hold.use_case for hold in found))
    return [_row(hold) for hold in found]


def _row(hold: Hold) -> Row:
    spoken = {word.office.code for word in hold.words.all() if word.replaced_at is None}
    waits = ", ".join(prohibitions.waiting(hold.offices, dict.fromkeys(spoken, ""))) if hold.is_open else ""
    order = next((one for one in hold.stop_orders.all() if one.lifted_at is None), None)
    is_hidden = hold.prohibition in hold.use_case.hidden
    return Row(hold, title(hold), "" if is_hidden else hold.get_answer_display(), waits, order)


def menu_count(user: Any) -> int:
    """What waits for an office of the person's; for the Chief AI Officer the open holds on what is running."""
    if standing(user).has(Role.CAIO):
        return holds_visible_to(user).filter(IN_USE, state=State.OPEN).count()
    if not offices_of(user):
        return 0
    answer, confirm = (rows.order_by().values("uuid") for rows in (to_answer(user), to_confirm(user)))
    return answer.union(confirm).count()


def on_running(user: Any, most: int = 12) -> list[Row]:
    """Open holds on uses that are running: for the Chief AI Officer's home."""
    rows = holds_visible_to(user).filter(IN_USE, state=State.OPEN)
    return rows_of(user, ordered(rows)[:most])


def unconfirmed(user: Any, most: int = 12) -> list[StopOrder]:
    """Uses ordered to stop that count as running, the longest due first."""
    rows = StopOrder.objects.filter(use_case__in=visible_to(user).values("pk"), state__in=["ordered", "reported"])
    found = list(rows.select_related("use_case__component", "use_case__owner").order_by("report_by", "pk")[:most])
    for_reader(user, *(row.use_case for row in found))
    return found


def confirming(user: Any, most: int = 12) -> list[StopOrder]:
    """What is reported stopped and waits for an office of the person's to confirm it, whatever it rests on."""
    found = list(
        to_confirm(user).select_related("use_case__component", "use_case__owner").order_by("reported_at")[:most]
    )
    for_reader(user, *(row.use_case for row in found))
    return found


def on_home(user: Any) -> dict[str, Any]:
    """What a person has to stop; and for those who decide, what runs though it is not ruled out that it is prohibited,
    or was ordered to stop."""
    mine = StopOrder.objects.filter(Q(use_case__owner=user) | Q(use_case__backup_owner=user))
    found: dict[str, Any] = {"to_stop": list(mine.filter(state="ordered").select_related("use_case"))}
    if standing(user).has(Role.CAIO, Role.DEPUTY_CAIO):
        found |= {"holds_running": on_running(user), "not_stopped": unconfirmed(user)}
    return found


def for_board(user: Any) -> list[Row]:
    """For the Board's attention: holds on uses that are running, and what the Chief AI Officer put to it."""
    wanted = Q(state=State.OPEN) & IN_USE | Q(referred_at__isnull=False, answered_at=None, is_live=True)
    return rows_of(user, ordered(holds_visible_to(user).filter(wanted))[:50])
