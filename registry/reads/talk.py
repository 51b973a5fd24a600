"""Questions asked of evidence and conversation: lists, counts by question, what mentions a person."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Role, User
from accounts.permissions import has_role
from registry import editions, questionnaire
from registry.models import Comment, Evidence, Practice, UseCase
from registry.models.evidence import SOON
from registry.permissions.talk import (
    comments_visible_to,
    evidence_refusals,
    evidence_visible_to,
    resolve_refusals,
    retract_refusals,
)

SHOWN = 50
FEW = 5
SOME = 10
EVIDENCE_FILTERS = {"current": "Current", "expired": "Expired", "removed": "Replaced or removed"}
THREAD_FILTERS = {"open": "Open", "resolved": "Resolved", "all": "All"}
CALL = re.compile(r"(?<![\w@])@(\w[\w.'’-]*)")
_TWO_WORDS = re.compile(r"(\S+)(?: (\S+))?")
_AFTER_NAMES = ".,;:!?’'”\"()"


def questions(use_case: UseCase) -> Mapping[str, questionnaire.Question]:
    """The questions comments and evidence of this case may be about, by field."""
    return editions.of(use_case).by_field


def question_choices(use_case: UseCase, prefix: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """The questions for a list to choose from, by section, each under the short name it has everywhere."""
    return [
        (section.title, [(prefix + question.field, question.title) for question in section.questions])
        for section in editions.of(use_case).sections
    ]


def about(use_case: UseCase, name: str, practice: str = "") -> str:
    """What evidence or a comment is about, in words."""
    if practice:
        return str(Practice(practice).label)
    question = questions(use_case).get(name)
    return question.title if question else (name or "The case as a whole")


# -- evidence --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """One piece of evidence as a page shows it: what it supports, and how its time stands today."""

    evidence: Evidence
    supports: str
    state: str
    left: int | None


def evidence_page(user: Any, use_case: UseCase, given: Mapping[str, str]) -> dict[str, Any]:
    """The list of a case's evidence with its filters and their counts; `field` or `practice` narrows it."""
    today = timezone.localdate()
    rows = evidence_visible_to(user).filter(use_case=use_case)
    narrowed = {name: given[name] for name in ("field", "practice") if given.get(name)}
    rows = rows.filter(**narrowed)
    sets = {"current": rows.current(today), "expired": rows.expired(today), "removed": rows.gone()}
    show = given.get("show", "") if given.get("show") in sets else "current"
    page = Paginator(_with_people(sets[show]), SHOWN).get_page(given.get("page"))
    return {
        "page": page,
        "pieces": [_piece(row, use_case, today) for row in page.object_list],
        "show": show,
        "filters": [(name, label, sets[name].count()) for name, label in EVIDENCE_FILTERS.items()],
        "narrowed": about(use_case, narrowed.get("field", ""), narrowed.get("practice", "")) if narrowed else "",
        "refusals": (refusals := evidence_refusals(user, use_case)),
        "can_add": not refusals,
    }


def _with_people(rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
    return rows.select_related(
        "use_case", "recorded_by", "removed_by", "replacement__use_case", "replacement__recorded_by"
    )  # fmt: skip


def _piece(row: Evidence, use_case: UseCase, today: date) -> Piece:
    left = row.expires_in(today)
    is_ending = row.state == "current" and left is not None and left <= SOON.days
    return Piece(row, about(use_case, row.field, row.practice), "ends" if is_ending else row.state, left)


def evidence_panel(
    user: Any, use_case: UseCase, *, kinds: Collection[str] = (), besides: Collection[str] = ()
) -> dict[str, Any]:
    """The newest standing evidence for the case's own page, with how many there are; of some kinds, or but some."""
    today = timezone.localdate()
    rows = evidence_visible_to(user).filter(use_case=use_case).standing()
    rows = rows.filter(kind__in=kinds) if kinds else rows.exclude(kind__in=besides)
    shown = [_piece(row, use_case, today) for row in _with_people(rows)[:FEW]]
    total = len(shown) if len(shown) < FEW else rows.count()
    return {"pieces": shown, "total": total, "can_add": not evidence_refusals(user, use_case)}


# -- conversation ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thread:
    """A first comment with its answers, and what the reader may do with each."""

    first: Comment
    about: str
    can_settle: bool
    people: list[User] = field(default_factory=list)
    comments: list["Said"] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """One comment; `text` is None for a retracted one, except to an auditor."""

    comment: Comment
    text: str | None
    can_retract: bool


def threads(user: Any, use_case: UseCase, given: Mapping[str, str], size: int = SHOWN) -> dict[str, Any]:
    """The conversation of a case for this reader: open, resolved or all, also about one question only."""
    readable = comments_visible_to(user).filter(use_case=use_case)
    firsts = readable.filter(in_reply_to=None)
    if wanted := given.get("field"):
        firsts = firsts.filter(field=wanted)
    counts = firsts.aggregate(open=Count("pk", filter=Q(resolved_at=None)), all=Count("pk"))
    counts["resolved"] = counts["all"] - counts["open"]
    show = given.get("show", "") if given.get("show") in THREAD_FILTERS else "open"
    rows = firsts if show == "all" else firsts.filter(resolved_at__isnull=show == "open")
    answers = (
        readable.exclude(in_reply_to=None).select_related("recorded_by", "retracted_by").prefetch_related("mentions")
    )
    rows = rows.select_related("use_case__component", "use_case__owner", "recorded_by", "retracted_by", "resolved_by")
    rows = rows.prefetch_related("mentions", Prefetch("replies", queryset=answers)).order_by("-recorded_at", "-id")
    page: Page[Comment] = Paginator(rows, size).get_page(given.get("page"))
    return {
        "page": page,
        "threads": [_thread(row, use_case, user) for row in page.object_list],
        "show": show,
        "filters": [(name, label, counts[name]) for name, label in THREAD_FILTERS.items()],
        "open_count": counts["open"],
        "total": counts["all"],
        "narrowed": about(use_case, wanted) if wanted else "",
    }


def _thread(first: Comment, use_case: UseCase, user: Any) -> Thread:
    said = [_said(row, user) for row in (first, *first.replies.all())]
    people = {row.comment.recorded_by for row in said} | {one for row in said for one in row.comment.mentions.all()}
    others = sorted(people - {user}, key=str)
    return Thread(first, about(use_case, first.field), not resolve_refusals(user, first), others, said)


def _said(row: Comment, user: Any) -> Said:
    hidden = row.retracted_at is not None and not has_role(user, Role.AUDITOR)
    return Said(row, None if hidden else row.text, row.retracted_at is None and not retract_refusals(user, row))


def mentions_of(user: Any) -> list[Comment]:
    """Open threads that called this person and that they have not answered since, newest first."""
    answered = Comment.objects.filter(recorded_by=user, recorded_at__gt=OuterRef("recorded_at"))
    here = answered.filter(Q(in_reply_to=OuterRef("pk")) | Q(in_reply_to=OuterRef("in_reply_to")))
    rows = comments_visible_to(user).filter(mentions=user, retracted_at=None)
    rows = rows.filter(
        Q(in_reply_to=None, resolved_at=None) | Q(in_reply_to__resolved_at=None, in_reply_to__isnull=False)
    )
    rows = rows.exclude(Exists(here)).select_related("use_case", "recorded_by").order_by("-recorded_at")
    return list(rows.defer("use_case__document", "use_case__filed_document")[:FEW])


# -- by question -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """What hangs on one question: pieces of evidence and open threads this reader may see."""

    evidence: int = 0
    comments: int = 0


def marks(user: Any, use_case: UseCase) -> dict[str, Marks]:
    """For each question that has any: how much evidence, how many open threads. Two queries."""
    standing = evidence_visible_to(user).filter(use_case=use_case).standing()
    open_ = comments_visible_to(user).filter(use_case=use_case, in_reply_to=None, resolved_at=None)
    files, talk = _counted(standing, "field"), _counted(open_, "field")
    return {name: Marks(files.get(name, 0), talk.get(name, 0)) for name in files.keys() | talk.keys()}


def by_practice(user: Any, use_case: UseCase) -> dict[str, int]:
    """How many standing files and links each minimum practice has."""
    return _counted(evidence_visible_to(user).filter(use_case=use_case).standing(), "practice")


def _counted(rows: QuerySet[Any], name: str) -> dict[str, int]:
    counted = rows.exclude(**{name: ""}).order_by().values(name).annotate(number=Count("pk"))
    return {row[name]: row["number"] for row in counted}


def on_case(user: Any, use_case: UseCase, show: str = "") -> dict[str, Any]:
    """What a case's own page says of both: the newest evidence, the threads, and what hangs on each answer."""
    return {
        "evidence": evidence_panel(user, use_case),
        "talk": threads(user, use_case, {"show": show}, SOME),
        "marks": marks(user, use_case),
    }


# -- people ----------------------------------------------------------------------------------------


def with_roles(people: Iterable[User]) -> list[tuple[int, str]]:
    """People for a list to choose from: name and first role, so that two of one name can be told apart."""
    listed = list(people)
    roles: dict[int, str] = {}
    rows = Membership.objects.current().filter(user__in=[person.pk for person in listed])
    for row in rows.select_related("component", "office"):
        roles.setdefault(row.user_id, str(row))
    return [
        (person.pk, f"{person.name} ({roles[person.pk]})" if person.pk in roles else person.name) for person in listed
    ]


def _as_typed(text: str, start: int) -> str:
    """A call that fits nobody, for the writer to find again: the name's first word, and the next if it is one too."""
    first, second = _TWO_WORDS.match(text, start).groups("")  # type: ignore[union-attr]  # where a word begins
    is_name = first[-1:].isalnum() and second[:1].isupper()
    return (f"{first} {second}" if is_name else first).rstrip(_AFTER_NAMES)


def called(text: str, people: Iterable[User]) -> tuple[list[User], list[str]]:
    """The people an `@Name` in the text calls, and the calls that fit nobody or more than one.

    The longest name that fits is meant; two people of that name have to be chosen from the list.
    """
    by_name: dict[str, list[User]] = {}
    for person in people:
        by_name.setdefault(person.name.lower(), []).append(person)
    found: list[User] = []
    unclear: list[str] = []
    for match in CALL.finditer(text):
        rest = text[match.start(1) :].lower()
        fits = [name for name in by_name if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()]
        meant = by_name[max(fits, key=len)] if fits else []
        if len(meant) == 1:
            found.append(meant[0])
        else:
            unclear.append(_as_typed(text, match.start()))
    return found, unclear
