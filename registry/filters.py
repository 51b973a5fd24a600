"""The filters of the list of use cases: what each lets through, the words of its values, and how many fit each.

Filters on the case's own row are counted in one pass (grouping sets, which the ORM cannot say). Those about rows
beside it, such as tags, count these rows. An app above adds its own with `add()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Component, User
from accounts.permissions import standing
from registry import editions, questionnaire
from registry.models import Revision, UseCase, UseCaseTag
from registry.models.use_case import Handling, Status
from registry.permissions import KNOWS_ALL, visible_to
from registry.permissions.systems import marks_visible_to
from registry.reads import Choice, call_shown, day_in_words, label
from registry.searching import Found, search

Rows = QuerySet[UseCase]
OVER = (Status.WITHDRAWN, Status.RETIRED)  # nobody has to own these any more
ANSWERS = ("stage", "impact", "status", "topic_area")
GROUPED = ("component", *ANSWERS, "owner", "edition", "handling")
_COLUMNS = {"component": "component_id", "owner": "owner_id"}
HEADINGS = {
    "component": "Component", "stage": "Stage", "impact": "Impact", "status": "Status", "topic_area": "Topic",
    "owner": "Owner", "edition": "Questionnaire", "handling": "Handling", "marks": "Marks", "tag": "Tag",
    "since": "Changed since", "show": "Show", "q": "Search",
}  # fmt: skip
SHOW = {"mine": "mine", "unowned": "without owner", "running": "in use"}
ME, NONE, BEHIND, NO_EDITION, OPEN = "me", "none", "behind", "file", "open"


@dataclass(frozen=True)
class Beside:
    """A filter about rows beside the case: which cases it lets through, and its choices among the rows shown."""

    name: str
    heading: str
    narrow: Callable[[Rows, str, Any], Rows]
    choices: Callable[[Rows, Any], list[Choice]]
    words: Callable[[str], str] = str


_BESIDE: dict[str, Beside] = {}


def add(one: Beside) -> None:
    """Offer a filter of another app; the second time changes nothing."""
    _BESIDE[one.name] = one
    HEADINGS[one.name] = one.heading


def names() -> tuple[str, ...]:
    """Every parameter of an address that narrows the list."""
    return ("q", "show", *GROUPED, *_BESIDE, "since")


def may_filter_handling(user: Any) -> bool:
    """Handling is for those who deal with it: who runs the inventory, component leads, and who owns cases."""
    who = standing(user)
    return bool(who.components) or who.has(*KNOWS_ALL)


# -- narrowing --------------------------------------------------------------------------------------


def filtered(rows: Rows, given: Mapping[str, str], user: Any) -> Found:
    """Apply the list's filters and its search; an unknown value finds nothing rather than everything."""
    for name in GROUPED:
        if value := given.get(name):
            rows = rows.filter(_condition(name, value, user))
    for name, one in _BESIDE.items():
        if value := given.get(name):
            rows = one.narrow(rows, value, user)
    if value := given.get("since"):
        rows = _changed_since(rows, value)
    return search(_shown(rows, given.get("show"), user), given.get("q", ""))


def _shown(rows: Rows, show: str | None, user: Any) -> Rows:
    if show == "mine":
        return rows.filter(Q(owner=user) | Q(backup_owner=user))
    if show == "unowned":
        return _unowned(rows, user)
    if show and call_shown.is_meant(show):
        return call_shown.narrowed(rows, show)
    return rows.filter(stage__in=["pilot", "deployed"]) if show == "running" else rows


def _unowned(rows: Rows, user: Any) -> Rows:
    """What wants an owner: whoever looks across components sees all of it, the others what they could take."""
    who, rows = standing(user), rows.filter(owner=None).exclude(status__in=OVER)
    return rows if who.is_department_wide else rows.filter(component__in=who.components)


def _condition(name: str, value: str, user: Any) -> Q:
    if name == "owner":
        return _owned_by(value, user)
    if name == "edition":
        return _of_edition(value)
    if name == "handling" and not may_filter_handling(user):
        return Q(pk__in=[])
    return Q(**{"component__code" if name == "component" else name: value})


def _owned_by(value: str, user: Any) -> Q:
    if value == ME:
        return Q(owner=user)
    if value == NONE:
        return Q(owner=None)
    return Q(owner=int(value)) if value.isdecimal() and len(value) < 10 else Q(pk__in=[])


def _of_edition(value: str) -> Q:
    known = {one.name: one for one in questionnaire.editions()}
    if value == BEHIND:
        return Q(edition__in=_older())
    return ~Q(edition__in=known) if value == NO_EDITION else Q(edition=value) if value in known else Q(pk__in=[])


def _older() -> list[str]:
    now = editions.today()
    return [one.name for one in questionnaire.editions() if one.effective_on < now.effective_on]


def _changed_since(rows: Rows, value: str) -> Rows:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return rows.none()
    start = datetime.combine(day, time.min, timezone.get_current_timezone())
    written = Exists(Revision.objects.filter(use_case=OuterRef("pk"), recorded_at__gte=start))
    return rows.filter(Q(status_changed_at__gte=start) | written)


def chip(name: str, value: str, user: Any) -> str:
    """A chosen filter in words."""
    if name == "owner":
        return {ME: "You", NONE: "Nobody yet"}.get(value) or _person(value, user)
    if name == "edition":
        return _edition_words(value)
    if name == "since":
        return day_in_words(value)
    if name == "show":
        return call_shown.words(value) or SHOW.get(value, value)
    if name in _BESIDE:
        return _BESIDE[name].words(value)
    return _words(name, value) if name in (*ANSWERS, "handling") else value


def _person(value: str, user: Any) -> str:
    """The owner's name, where the person sees a case of theirs: an address must not tell who has an account."""
    owned = visible_to(user).filter(_owned_by(value, user)).select_related("owner").only("owner__name").first()
    return str(owned.owner) if owned else value


def _words(name: str, value: str) -> str:
    table = dict(Handling.choices) if name == "handling" else {}
    try:
        return str(table.get(value) or label(name, value))
    except ValueError:  # no such status
        return value


def _edition_words(value: str) -> str:
    if value in (BEHIND, NO_EDITION):
        return "Older than the one in force" if value == BEHIND else "From a file only"
    known = questionnaire.named(value)
    return f"Edition {known.edition}" if known else value


# -- counting ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many rows there are, and for each filter its values among them."""

    total: int
    choices: dict[str, list[Choice]]


def counts(rows: Rows, user: Any) -> Counts:
    """All filters on the case's own row and the total in one pass over the rows; then those beside it."""
    columns = [_COLUMNS.get(name, name) for name in GROUPED]
    try:
        inner, given = rows.order_by().values(*columns).query.sql_with_params()
    except EmptyResultSet:  # the ORM knows without asking that there is nothing
        return Counts(0, {name: [] for name in (*GROUPED, *_BESIDE)})
    listed = ", ".join(GROUPED)
    sets = ", ".join(f"({name})" for name in GROUPED)
    query = (
        f"SELECT {listed}, GROUPING({listed}), COUNT(*) FROM ({inner}) AS shown ({listed}) "  # noqa: S608 (own names)
        f"GROUP BY GROUPING SETS ({sets}, ())"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        total, groups = _sorted_out(cursor.fetchall())
    choices = {name: _choices(name, groups[name], user) for name in GROUPED}
    return Counts(total, choices | {name: one.choices(rows, user) for name, one in _BESIDE.items()})


def _sorted_out(rows: Iterable[tuple[Any, ...]]) -> tuple[int, dict[str, dict[Any, int]]]:
    """The total, and the number of each value by filter. GROUPING has a bit for each column not grouped by."""
    total, groups, many = 0, {name: dict[Any, int]() for name in GROUPED}, len(GROUPED)
    for *values, mask, number in rows:
        if mask == 2**many - 1:
            total = number
            continue
        position = next(i for i in range(many) if not mask & 1 << (many - 1 - i))
        groups[GROUPED[position]][values[position]] = number
    return total, groups


def _choices(name: str, numbers: Mapping[Any, int], user: Any) -> list[Choice]:
    if name == "component":  # joined here: five times cheaper than before grouping
        codes = dict(Component.objects.values_list("pk", "code"))
        return sorted((Choice(codes[pk], codes[pk], n) for pk, n in numbers.items()), key=lambda one: one.value)
    if name == "owner":
        return _owners(numbers, user)
    if name == "edition":
        return _editions(numbers)
    return [Choice(value, _words(name, value), n) for value, n in sorted(numbers.items(), key=str) if value]


def _owners(numbers: Mapping[Any, int], user: Any) -> list[Choice]:
    people = {one.pk: one for one in User.objects.filter(pk__in=[pk for pk in numbers if pk]).only("name", "email")}
    first = [Choice(ME, "You", numbers[user.pk])] if user.pk in numbers else []
    first += [Choice(NONE, "Nobody yet", numbers[None])] if None in numbers else []
    rest = [Choice(str(pk), str(person), numbers[pk]) for pk, person in people.items() if pk != user.pk]
    return first + sorted(rest, key=lambda one: one.label.lower())


def _editions(numbers: Mapping[Any, int]) -> list[Choice]:
    known = [one.name for one in questionnaire.editions()]
    behind = sum(numbers.get(name, 0) for name in _older())
    other = sum(n for name, n in numbers.items() if name not in known)
    found = [(BEHIND, behind), *((name, numbers.get(name, 0)) for name in known), (NO_EDITION, other)]
    return [Choice(value, _edition_words(value), n) for value, n in found if n]


# -- filters about rows beside the case -------------------------------------------------------------


def _tagged(rows: Rows, value: str, user: Any) -> Rows:
    return rows.filter(pk__in=UseCaseTag.objects.filter(tag__name=value.lower()).values("use_case"))


def _tags(rows: Rows, user: Any) -> list[Choice]:
    """The tags of the cases shown; a tag only cases one may not see have never shows."""
    found = UseCaseTag.objects.filter(use_case__in=rows.order_by().values("pk")).order_by()
    numbers = found.values_list("tag__name").annotate(number=Count("pk")).order_by("tag__name")
    return [Choice(name, name, number) for name, number in numbers]


def _marked(rows: Rows, value: str, user: Any) -> Rows:
    if value != OPEN:
        return rows.none()
    return rows.filter(pk__in=marks_visible_to(user).exclude(use_case=None).values("use_case"))


def _marks(rows: Rows, user: Any) -> list[Choice]:
    marks = marks_visible_to(user).filter(use_case__in=rows.order_by().values("pk"))
    number = marks.order_by().aggregate(number=Count("use_case", distinct=True))["number"]
    return [Choice(OPEN, "Has open marks", number)] if number else []


add(Beside("tag", "Tag", _tagged, _tags))
add(Beside("marks", "Marks", _marked, _marks, lambda value: "Open" if value == OPEN else value))
