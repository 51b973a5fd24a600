"""Leadership's five figures, each with its change since a month ago and the rows behind it, and one sentence.

Counted over the cases the reader may know of, so that each number is that of the rows behind it and none tells that
there is a restricted case; the sealed report counts them all (docs/decisions/0016-need-to-know.md). A percentage is
never given without its numerator and denominator (design section 10).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Agency
from accounts.permissions import standing
from governance.compliance.practices import DEADLINE, LOWERED, Position, positions
from governance.compliance.snapshot import Clocks, snapshots, standing_cases
from governance.models import Finding, Report, Waiver
from governance.models.jobs import Job
from governance.reads.reviewed import Standing, standing_of
from registry.models import UseCase
from registry.permissions import KNOWS_ALL, visible_to

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Count:
    """The figures of one day."""

    as_of: date
    cases: int
    high_impact: int
    deployed: int
    met: int
    not_met: int
    on_word: int
    waivers: int
    open_by_component: tuple[tuple[str, int, int], ...]
    open_by_practice: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Figure:
    """A number, what it is out of, how it changed, and where its rows are. `is_better`: None when neither."""

    label: str
    number: int
    url: str
    change: int
    of: int | None = None
    more_is_better: bool | None = None

    @property
    def change_words(self) -> str:
        """3 more than a month ago, 1 fewer, the same."""
        if not self.change:
            return "the same as a month ago"
        return f"{abs(self.change)} {'more' if self.change > 0 else 'fewer'} than a month ago"

    @property
    def tone(self) -> str:
        """good, bad or quiet: colour only where more or fewer is plainly better."""
        if self.more_is_better is None or not self.change:
            return "quiet"
        return "good" if (self.change > 0) == self.more_is_better else "bad"


@dataclass(frozen=True)
class Department:
    """What leadership sees first."""

    agency: str
    sentence: str
    figures: tuple[Figure, ...]
    now: Count
    before: Count
    report: Report | None
    is_whole: bool
    looked_at: Standing


def department(user: Any) -> Department:
    """The five figures of today against thirty days ago, in a sentence that says what matters."""
    today = timezone.localdate()
    cases = visible_to(user)
    now, before = count(today, cases), count(today - MONTH, cases)
    found = Finding.objects.filter(use_case__in=cases.values("pk"))
    overdue = found.filter(state=Finding.State.OPEN, due_on__lt=today).count()
    late_before = found.filter(opened_on__lte=before.as_of, due_on__lt=before.as_of).exclude(
        resolved_on__lte=before.as_of
    )
    met = "/compliance/matrix/?standing=met"
    shown = (
        Figure("Cases in the inventory", now.cases, "/use-cases/", now.cases - before.cases),
        Figure("High-impact", now.high_impact, "/use-cases/?impact=high_impact", now.high_impact - before.high_impact),
        Figure("Deployed high-impact, all seven practices met", now.met, met, now.met - before.met, now.deployed, True),
        Figure(
            "Findings past due",
            overdue,
            "/compliance/findings/?due=overdue",
            overdue - late_before.count(),
            None,
            False,
        ),
        Figure("Waivers in force", now.waivers, "/waivers/?show=waivers", now.waivers - before.waivers),
    )
    report = (
        Report.objects.filter(state=Job.State.DONE)
        .defer("pdf", "xlsx", "html")
        .order_by("-as_of", "-queued_at")
        .first()
    )
    agency = Agency.objects.filter(code=settings.PORTAL_AGENCY).values_list("name", flat=True).first() or ""
    return Department(
        agency, sentence(now), shown, now, before, report, standing(user).has(*KNOWS_ALL), standing_of(user)
    )


def count(day: date, rows: QuerySet[UseCase]) -> Count:
    """Count these cases as the inventory stood at the end of a day, with all that is known now."""
    clocks = Clocks(day)
    filed = dict(standing_cases(rows, clocks))
    likely = rows.filter(pk__in=[pk for pk, impact in filed.items() if impact == "high_impact"])
    cases, high = len(filed), 0
    running: list[tuple[str, tuple[Position, ...]]] = []
    for snapshot in snapshots(likely, clocks, with_namesakes=False):
        high += snapshot.impact == "high_impact"
        if found := positions(snapshot):
            running.append((snapshot.component, found))
    open_ones = [(component, found) for component, found in running if any(p.is_not_met for p in found)]
    met = sum(all(p.is_met for p in found) for _, found in running)
    by_component = Counter(component for component, _ in open_ones)
    totals = Counter(component for component, _ in running)
    by_practice = Counter(p.practice for _, found in open_ones for p in found if p.is_not_met)
    granted = Waiver.objects.filter(use_case__in=rows.values("pk"), granted_on__lte=day, expires_on__gte=day)
    waivers = granted.exclude(revoked_on__lte=day).count()
    return Count(
        as_of=day,
        cases=cases,
        high_impact=high,
        deployed=len(running),
        met=met,
        not_met=len(open_ones),
        on_word=len(running) - len(open_ones) - met,
        waivers=waivers,
        open_by_component=tuple((code, n, totals[code]) for code, n in by_component.most_common()),
        open_by_practice=tuple(by_practice.most_common()),
    )


def sentence(now: Count) -> str:
    """One sentence that says what matters."""
    if not now.deployed:
        return "No deployed high-impact use of AI is on record."
    if not now.not_met:
        word = f"; {now.on_word} rest on the component’s word alone" if now.on_word else ""
        return f"None of the {now.deployed} deployed high-impact cases lacks a required practice{word}."
    late = (now.as_of - DEADLINE).days
    lead = f"{now.not_met} of {now.deployed} deployed high-impact cases lack a required practice"
    when = f", {late} days after the deadline" if late > 0 else ""
    return f"{lead}{when}. {_most(now.open_by_practice)}"


def _most(rows: Iterable[tuple[str, int]]) -> str:
    practice, n = next(iter(rows))
    return f"Most often it is {LOWERED[practice]}: {n} {'case' if n == 1 else 'cases'}."
