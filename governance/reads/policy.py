"""The catalogue as pages show it: editions with their status, what two of them ask differently, whom one is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch
from django.utils import timezone

from governance.compliance import in_force, reads
from governance.compliance.checks import CHECKS
from governance.models import Finding
from registry import asking, conditions, diff, questionnaire
from registry.models import Edition, EditionStatus, Provision, UseCase
from registry.permissions import visible_to
from registry.permissions.know import for_reader

STATUSES = {"in_force": "In force", "superseded": "Superseded", "withdrawn": "Withdrawn", "disputed": "Disputed"}
OUTSIDE = ("draft", "withdrawn", "rejected")


@dataclass(frozen=True)
class Entry:
    """An edition by its newest reading, with its status on a day."""

    edition: Edition
    status: str
    since: date
    source: str
    signed_by: str
    provisions: int
    checked: int

    @property
    def word(self) -> str:
        """The status in words."""
        return STATUSES.get(self.status, "Not in effect yet")


def editions(today: date) -> list[Entry]:
    """Every edition once, newest first; of several readings the newest."""
    rows = Edition.objects.select_related("instrument").prefetch_related(
        Prefetch("statuses", EditionStatus.objects.select_related("signed_by")),
        Prefetch("provisions", Provision.objects.only("edition", "check_name")),
    )
    newest: dict[tuple[int, date], Edition] = {}
    statuses: dict[tuple[int, date], list[EditionStatus]] = {}
    for row in rows.order_by("-effective_on", "instrument__short", "reading"):
        place = row.instrument_id, row.effective_on
        newest[place] = row
        statuses.setdefault(place, []).extend(row.statuses.all())
    return [_entry(row, statuses[place], today) for place, row in newest.items()]


def _entry(row: Edition, statuses: Iterable[EditionStatus], today: date) -> Entry:
    """The newest entry in effect counts; of two for a day the one recorded later."""
    now = next(reversed([one for one in statuses if one.from_on <= today]), None)
    provisions = list(row.provisions.all())
    return Entry(
        edition=row,
        status=now.status if now else "",
        since=now.from_on if now else row.effective_on,
        source=now.source if now else "",
        signed_by=str(now.signed_by) if now and now.signed_by else "",
        provisions=len(provisions),
        checked=sum(bool(one.check_name) for one in provisions),
    )


def statuses(edition: Edition) -> list[tuple[str, EditionStatus]]:
    """Its status list in words; it stands for every reading."""
    rows = EditionStatus.objects.filter(
        edition__instrument=edition.instrument_id, edition__effective_on=edition.effective_on
    ).select_related("signed_by")  # fmt: skip
    return [(STATUSES.get(row.status, row.status), row) for row in rows]


def hits(user: Any, edition: Edition) -> dict[str, int]:
    """Ref -> cases with an open finding under any reading of the edition, of those the person may see."""
    rows = reads.findings(user).filter(
        provision__edition__instrument=edition.instrument_id,
        provision__edition__effective_on=edition.effective_on,
        state=Finding.State.OPEN,
    ).order_by()  # fmt: skip
    return dict(rows.values_list("provision__ref").annotate(n=Count("use_case", distinct=True)))


def how(row: Provision) -> str:
    """What the check looks at: for one that takes a question, that question and what it is content with."""
    params, check = row.details.get("params") or {}, CHECKS.get(row.check_name)
    known = questionnaire.every()
    if row.check_name == "answered":
        return f"Answered: {', '.join(f'“{known[name].title}”' for name in params['fields'])}."
    if row.check_name in ("answer_among", "answer_includes"):
        question = known[params["field"]]
        words = " or ".join(question.words(code) for code in params.get("good", ())) or question.words(params["codes"])
        return f"“{question.title}” {'is' if 'good' in params else 'has'}: {words}."
    return (check.__doc__ or "").strip().split("\n")[0] if check else ""


# -- two editions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A provision on both sides; a side is None where an edition has none of that ref."""

    ref: str
    before: Provision | None
    after: Provision | None
    parts: tuple[tuple[str, tuple[diff.Span, ...]], ...]

    @property
    def state(self) -> str:
        """New, gone, changed or the same."""
        if self.before is None or self.after is None:
            return "new" if self.before is None else "gone"
        return "changed" if self.parts else "same"


def compare(before: Edition, after: Edition) -> list[Pair]:
    """The provisions of two editions side by side; what changed first, in the order of the newer one."""
    old, new = ({one.ref: one for one in edition.provisions.all()} for edition in (before, after))
    pairs = [Pair(ref, old.get(ref), new.get(ref), _parts(old.get(ref), new.get(ref))) for ref in {**new, **old}]
    return sorted(pairs, key=lambda pair: pair.state == "same")


def _parts(before: Provision | None, after: Provision | None) -> tuple[tuple[str, tuple[diff.Span, ...]], ...]:
    if before is None or after is None:
        return ()
    sides = [(name, *(_words(side)[name] for side in (before, after))) for name in _words(before)]
    return tuple((name, diff.words(old, new)) for name, old, new in sides if old != new)


def _words(row: Provision) -> dict[str, str]:
    params = row.details.get("params") or {}
    return {
        "Title": row.title,
        "Section": row.details.get("section", ""),
        "What it asks": row.summary,
        "Applies when": when(row),
        "Check": how(row),
        "Parameters": ", ".join(f"{key} {value}" for key, value in sorted(params.items())),
        "Evidence": row.details.get("evidence", ""),
        "What to do": row.details.get("remedy", ""),
    }


def when(row: Provision) -> str:
    """To which cases it applies, in the words of the condition; empty for all."""
    tree = _tree(row)
    return _spelled(tree) if tree != {"all": []} else ""


def _tree(row: Provision) -> Mapping[str, Any]:
    """Its condition; of an edition loaded before conditions were kept, as its file has it."""
    if "applies_when" in row.details:
        return dict(row.details["applies_when"])
    edition = row.edition
    for one in in_force.instruments():
        for known in one.editions:
            if (one.slug, known.key) == (edition.instrument.slug, edition.key):
                return next((p.applies_when.tree for p in known.provisions if p.ref == row.ref), {"all": []})
    return {"all": []}


def _spelled(tree: Mapping[str, Any]) -> str:
    """A condition as a sentence part: labels of the questionnaire for its fields and codes."""
    ((operator, inner),) = tree.items()
    if operator in ("all", "any"):
        joined = (" and " if operator == "all" else " or ").join(_spelled(part) for part in inner)
        return f"({joined})" if operator == "any" and len(inner) > 1 else joined
    if operator == "not":
        return f"not {_spelled(inner)}"
    name, value = (inner, None) if isinstance(inner, str) else (inner[0], inner[1])
    question = questionnaire.every().get(name)
    if question is None:
        return str(conditions.Clause(operator, name, value))
    codes = value if isinstance(value, list) else [value]
    said = " or ".join(question.words(code).split(" – ")[0] or str(code) for code in codes if code is not None)
    verb = {"known": "is answered", "has": "includes", "before": "is before", "on_or_after": "is on or after"}
    return f"“{question.title}” {verb.get(operator, 'is')} {said}".strip()


# -- whom a provision is about ----------------------------------------------------------------------


@dataclass(frozen=True)
class Affected:
    """A case a provision applies to, and whether an open finding stands under it."""

    use_case_id: str
    title: str
    component: str
    is_open: bool


def affected(user: Any, row: Provision) -> list[Affected]:
    """The cases the provision applies to today, of those the person may see, by component; open findings first."""
    condition = conditions.compile(_tree(row), questionnaire.fields())
    failing = set(
        reads.findings(user).filter(provision__ref=row.ref, state=Finding.State.OPEN).values_list("use_case", flat=True)
    )
    today = timezone.localdate()
    cases = visible_to(user).exclude(status__in=OUTSIDE).exclude(filed_document=None).select_related("component")
    rows = list(cases.defer("document").order_by("component__code", "use_case_id"))
    for_reader(user, *rows)
    found = [
        Affected(case.use_case_id, case.title, case.component.code, case.pk in failing)
        for case in rows
        if _applies(condition, case, today)
    ]
    return sorted(found, key=lambda one: (not one.is_open, one.component))


def _applies(condition: conditions.Condition, case: UseCase, today: date) -> bool:
    """By the answers the person may read: whether a restricted one is given shows nowhere."""
    answers = asking.visible_answers(questionnaire.of(case, today), case.readable(case.filed_document or {}))
    return condition.holds(answers, today)
