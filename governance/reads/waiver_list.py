"""The register of what lets a use run without a practice, or ends it: one line each, with the clock that runs next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from governance import exceptions as rules
from governance.compliance.practices import NAMES
from governance.compliance.snapshot.exceptions import changes_of, to_reassess
from governance.models import Extension, MaterialChange, PilotCertificate, StopOrder, Waiver, WaiverRequest
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.know import for_reader

FILTERS = {
    "now": "In force or waiting",
    "decide": "To decide",
    "report": "To report to OMB",
    "reassess": "To look at after a change",
    "certify": "To certify anew",
    "waivers": "Waivers in force",
    "pilots": "Pilots",
    "over": "Pilots over, undecided",
    "extensions": "Extensions",
    "orders": "Ordered to stop",
    "ended": "Ended",
}
RANKS = ("decide", "reassess", "over", "report", "certify", "orders")
DEFERRED = ("use_case__document", "use_case__filed_document")


@dataclass(frozen=True)
class Row:
    """One line. `next` says what is to be done by `due_on`; `flags` are the filters it stands under."""

    kind: str
    thing: Any
    what: str
    state: str
    since: date
    until: date | None = None
    next: str = ""
    due_on: date | None = None
    flags: frozenset[str] = field(default_factory=frozenset)

    @property
    def use_case(self) -> UseCase:
        """Whose it is."""
        case: UseCase = self.thing.use_case
        return case

    @property
    def days_late(self) -> int:
        """Days past the day of what is to be done."""
        return max(0, (timezone.localdate() - self.due_on).days) if self.due_on and self.next else 0

    @property
    def rank(self) -> tuple[int, int, date, str]:
        """What is decided first: late before due, requests before clocks."""
        first = next((n for n, flag in enumerate(RANKS) if flag in self.flags), len(RANKS))
        return (-min(self.days_late, 1), first, self.due_on or self.until or date.max, self.use_case.use_case_id)


@dataclass(frozen=True)
class Listing:
    """The lines shown, and every filter with how many it would show."""

    rows: list[Row]
    show: str
    component: str
    filters: list[tuple[str, str, int]]
    components: list[tuple[str, int]]


def listing(user: Any, show: str = "", component: str = "") -> Listing:
    """What the person may see, filtered; counts are of each filter with the other applied."""
    show = show if show in FILTERS else "now"
    every = all_rows(user)
    here = [row for row in every if not component or row.use_case.component.code == component]
    filters = [(name, label, sum(name in row.flags for row in here)) for name, label in FILTERS.items()]
    shown = [row for row in here if show in row.flags]
    codes = [row.use_case.component.code for row in every if show in row.flags]
    return Listing(
        sorted(shown, key=lambda row: row.rank), show, component,
        [one for one in filters if one[2] or one[0] in (show, "now")],
        [(code, codes.count(code)) for code in sorted(set(codes))],
    )  # fmt: skip


def all_rows(user: Any) -> list[Row]:
    """Every line of the cases the person may see; a fixed number of queries."""
    cases = visible_to(user).values("pk")
    found = [
        *(_request(row) for row in _of(WaiverRequest.objects.exclude(state="granted"), cases)),
        *_waivers(_of(Waiver.objects.prefetch_related("reports", "looks"), cases)),
        *(_pilot(row) for row in _of(PilotCertificate.objects.all(), cases)),
        *(_extension(row) for row in _of(Extension.objects.all(), cases)),
        *(_order(row) for row in _of(StopOrder.objects.all(), cases)),
    ]
    for_reader(user, *{row.use_case.pk: row.use_case for row in found}.values())
    return found


def _of(rows: QuerySet[Any], cases: Any) -> QuerySet[Any]:
    return rows.filter(use_case__in=cases).select_related("use_case__component", "use_case__owner")


def _request(row: WaiverRequest) -> Row:
    is_open = row.state == WaiverRequest.State.OPEN
    flags = {"now", "decide"} if is_open else {"ended"}
    asked_on = timezone.localdate(row.requested_at)
    said = f"Asked for {row.days} day{'' if row.days == 1 else 's'} ago" if is_open else row.get_state_display()
    return Row(
        "Request", row, NAMES[row.practice], said, asked_on, row.expires_on,
        "Grant, send back or decline" if is_open else "", None, frozenset(flags),
    )  # fmt: skip


def _waivers(rows: Iterable[Waiver]) -> Iterator[Row]:
    found = list(rows)
    changes = changes_of(row.use_case_id for row in found)
    for row in found:
        yield _waiver(row, changes[row.use_case_id])


def _waiver(row: Waiver, changes: list[MaterialChange]) -> Row:
    """What is to be done first for a waiver: look at a change, tell OMB, certify it anew."""
    flags = {"now", "waivers"} if row.is_active else {"ended"}
    steps: list[tuple[str, date, str]] = []
    since = to_reassess(row, changes, row.looks.all()) if row.is_active else None
    if since:
        steps.append(("Say whether it still holds", since, "reassess"))
    told = {one.about for one in row.reports.all()}
    for about, words in (("grant", "Tell OMB of the grant"), ("revocation", "Tell OMB of the revocation")):
        due_on = row.report_due(about)
        if due_on and about not in told:
            steps.append((words, due_on, "report"))
    opens = timedelta(days=rules.in_force(timezone.localdate()).certify_opens_days_before)
    if row.is_active and row.expires_on - opens <= timezone.localdate():
        steps.append(("Certify it anew or let it end", row.expires_on, "certify"))
    flags |= {flag for _, _, flag in steps} | ({"now"} if "report" in {step[2] for step in steps} else set())
    what, due_on, _ = steps[0] if steps else ("", None, "")
    return Row(
        "Waiver", row, NAMES[row.practice], _state(row), row.granted_on, row.last_day, what, due_on, frozenset(flags)
    )


def _state(row: Waiver) -> str:
    if row.is_active:
        return "In force"
    return "Revoked" if row.is_revoked else "Ended"


def _pilot(row: PilotCertificate) -> Row:
    if row.closed_on:
        return Row("Pilot", row, row.scale, row.get_closed_how_display(), row.starts_on, row.ends_on,
                   flags=frozenset({"ended"}))  # fmt: skip
    flags, days = {"now", "pilots"}, row.days_left
    if row.is_over:
        return Row("Pilot", row, row.scale, "Over, nothing decided", row.starts_on, row.ends_on, "Say what follows",
                   row.ends_on, frozenset({*flags, "over"}))  # fmt: skip
    state = f"Running for {row.days} days, {days} left" if row.starts_on <= timezone.localdate() else "Not begun"
    return Row("Pilot", row, row.scale, state, row.starts_on, row.ends_on, "", None, frozenset(flags))


def _extension(row: Extension) -> Row:
    what = ", ".join(NAMES[name] for name in row.practices) or "All seven practices"
    if row.removed_at:
        state, flags = "Taken off", {"ended"}
    else:
        state, flags = ("In force", {"now", "extensions"}) if row.is_active else ("Ended", {"ended", "extensions"})
    return Row("Extension", row, what, state, row.granted_on, row.until, "", None, frozenset(flags))


def _order(row: StopOrder) -> Row:
    what = row.get_because_display()
    if not row.counts_as_running:
        flags = {"ended"} if row.lifted_at else {"now", "orders"}
        return Row("Order to stop", row, what, row.get_state_display(), row.effective_on, None, "", None,
                   frozenset(flags))  # fmt: skip
    words = "Confirm that it is stopped" if row.state == StopOrder.State.REPORTED else "Report it stopped"
    return Row(
        "Order to stop", row, what, "Counts as running", row.effective_on, None, words, row.due_on,
        frozenset({"now", "orders"}),
    )  # fmt: skip


# -- on home and on a case --------------------------------------------------------------------------


def on_case(use_case: UseCase) -> list[Row]:
    """What is in force or waits on one case, as its reader may read it; orders to stop stand above it already."""
    found = [
        *(_request(row) for row in use_case.waiver_requests.filter(state="open")),
        *_waivers(use_case.waivers.prefetch_related("reports", "looks")),
        *(_pilot(row) for row in use_case.pilot_certificates.all()),
        *(_extension(row) for row in use_case.extensions.all()),
    ]
    for row in found:
        row.thing.use_case = use_case
    return sorted((row for row in found if "now" in row.flags), key=lambda row: row.rank)
