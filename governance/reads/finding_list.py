"""The list of findings: what it can be narrowed by, with counts; and the week of each component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from governance import finding_rules
from governance.compliance import finding_filters, reads
from governance.compliance.reads import Choice
from governance.models import Finding
from governance.permissions.findings import mine, of_office
from governance.permissions.office import offices_of
from governance.reads.unattended import unattended

WEEK = timedelta(days=7)
LABELS = {
    "whose": "Whose", "component": "Component", "provision": "Provision", "severity": "Severity",
    "practice": "Practice", "state": "State", "mark": "Since when", "due": "Due", "age": "Open for",
}  # fmt: skip


def _dates(today: date) -> dict[str, Q]:
    soon = today + timedelta(days=finding_rules.in_force(today).due_soon_days)
    return {
        "new": Q(opened_on__gt=today - WEEK, is_baseline=False, has_regressed=False),
        "overdue": Q(due_on__lt=today),
        "soon": Q(due_on__gte=today, due_on__lte=soon),
        "regressed": Q(has_regressed=True),
        "baseline": Q(is_baseline=True),
    }


def _plain(user: Any, today: date) -> dict[str, dict[str, tuple[str, Q]]]:
    """The filters that are no column: each value with its words and what it means."""
    dates, rules = _dates(today), finding_rules.in_force(today)
    whose = {"me": ("Mine", mine(user)), "nobody": ("Assigned to nobody by name", Q(assigned_to=None))}
    if offices_of(user):
        whose["office"] = ("My office’s", of_office(user))
    ages = {
        str(days): (f"{days} days or more", Q(opened_on__lte=today - timedelta(days=days))) for days in (30, 60, 90)
    }
    return {
        "whose": whose,
        "mark": {
            "week": ("New this week", dates["new"]),
            "new": ("New since the baseline", Q(is_baseline=False)),
            "regressed": ("Back again", dates["regressed"]),
            "unattended": ("Nobody looks after it", unattended(today, rules.unattended_lead_days)),
            "baseline": ("Baseline: there at the first run", dates["baseline"]),
        },
        "due": {
            "overdue": ("Overdue", dates["overdue"]),
            "soon": ("Soon", dates["soon"]),
            "none": ("No date set", Q(due_on=None)),
        },
        "age": ages,
    }


def given_of(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address; `case` is one case, by its ID."""
    return {name: value for name in (*LABELS, "case", *finding_filters.NARROW) if (value := asked.get(name))}


class Listing:
    """The findings a person sees under some filters."""

    def __init__(self, user: Any, given: Mapping[str, str]) -> None:
        self.user, self.given = user, dict(given)
        self.plain = _plain(user, timezone.localdate())
        self.seen = reads.findings(user).select_related(
            "use_case__component", "use_case__owner", "provision__edition__instrument", "assigned_to", "office"
        )
        if "case" in given:
            self.seen = self.seen.filter(use_case__use_case_id=given["case"])

    def _narrowed(self, rows: QuerySet[Finding], leave_out: str = "") -> QuerySet[Finding]:
        for name, values in self.plain.items():
            if name in self.given and name != leave_out:
                chosen = values.get(self.given[name])
                rows = rows.filter(chosen[1]) if chosen else rows.none()
        return rows

    @property
    def rows(self) -> QuerySet[Finding]:
        """What fits, the serious first."""
        found = reads.filtered(self._narrowed(self.seen), self.given)
        return found.order_by(reads.BY_WEIGHT, "provision__ref", "use_case__use_case_id", "id")

    def choices(self) -> dict[str, list[Choice]]:
        """For each filter its values, counted with the other filters applied."""
        found = reads.choices(self._narrowed(self.seen), self.given)
        for name, values in self.plain.items():
            rows = reads.filtered(self._narrowed(self.seen, leave_out=name), self.given).order_by()
            counts = rows.aggregate(**{code: Count("pk", filter=q) for code, (_, q) in values.items()})
            found[name] = [Choice(code, words, counts[code]) for code, (words, _) in values.items()]
        return found


# -- the week of a component ------------------------------------------------------------------------

PARTS = {
    "new": ("New this week", "mark=week"),
    "overdue": ("Overdue", "due=overdue"),
    "soon": ("Due soon", "due=soon"),
    "regressed": ("Back again", "mark=regressed"),
    "baseline": ("Baseline left", "mark=baseline"),
}


@dataclass(frozen=True)
class Week:
    """One component: how many findings of each part, with where they are listed."""

    component: str
    name: str
    counts: dict[str, int]

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """Words, number, and the filters of the list."""
        where = f"component={self.component}" if self.component else "whose=me"
        return [(label, self.counts[code], f"{where}&{query}") for code, (label, query) in PARTS.items()]

    @property
    def total(self) -> int:
        """Whether there is anything to tell."""
        return sum(self.counts.values())


def _counts(today: date) -> dict[str, Any]:
    return {code: Count("pk", filter=_dates(today)[code]) for code in PARTS}


def weeks(user: Any) -> list[Week]:
    """The week of each component whose findings the person sees; none of a component where there is nothing."""
    rows = reads.findings(user).filter(state=Finding.State.OPEN).order_by()
    names = ("use_case__component__code", "use_case__component__name")
    found = rows.values_list(*names).annotate(**_counts(timezone.localdate())).order_by(names[0])
    lines = [Week(code, name, dict(zip(PARTS, numbers, strict=True))) for code, name, *numbers in found]
    return [line for line in lines if line.total]


def my_week(user: Any) -> Week:
    """The same of the findings that are this person's own."""
    rows = reads.findings(user).filter(mine(user), state=Finding.State.OPEN).order_by()
    return Week("", "Yours", rows.aggregate(**_counts(timezone.localdate())))
