"""Cases of the department like the one being registered, as far as the person may learn of them.

Equal names and full text first, likeness of the name (pg_trgm) only when those find nothing. Outside of one's
rights only filed, not withheld and not restricted cases are named, by name, component and contact alone: a case one
has no need to know never matches, not even as a hint (design section 4).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db import connection
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Upper

from registry.models import UseCase
from registry.models.use_case import Handling, Status
from registry.permissions import visible_to

MOST = 5
SIFTED = 40  # of the best ranked, before it is asked which of them the person may learn of
RARE = 8  # the least common words of the name that are searched for
RARE_BESIDES = 4  # and of the other answers, each with one of the name
TYPED = 80  # words read of what was typed
LIKE = 0.35  # trigram similarity of names below which they are different, tried on the demo's names
_WORD = re.compile(r"[^\W_]{3,40}")
_WITHHELD = ("risk_to_disclosure", "prohibited_by_law", "other")


@dataclass(frozen=True)
class Match:
    """A case like the one typed. `is_visible`: the person may open it; otherwise name, component, contact is all."""

    use_case: UseCase
    is_visible: bool
    is_same_name: bool
    is_by_name: bool = False  # its name or the words of the typed name found it, not the other answers

    @property
    def contact(self) -> str:
        """Whom to write to: the case's own address as filed, else the agency's."""
        filed = (self.use_case.filed_document or {}).get("answers", {})
        return filed.get("contact_email") or self.use_case.agency.public_mailbox


def similar(user: Any, name: str, purpose: str, *, besides: int | None = None) -> list[Match]:
    """At most five cases like this name and purpose, the same name first; nothing while too little is typed."""
    name = " ".join(name.replace("\x00", "").split())
    if len(name) < 3:
        return []
    rows = UseCase.objects.exclude(pk=besides or 0)
    by_name, by_all = queries_of(name, purpose)
    found = _learned(_same_or_worded(rows, name, by_name, by_all), user)
    if not found or not found[0].is_by_name:  # what the name alone finds stays, whatever else is typed
        found = _learned(_alike(rows, name), user) + found
    return list({match.use_case.pk: match for match in found}.values())[:MOST]


def _same_or_worded(rows: QuerySet[UseCase], name: str, by_name: str, by_all: str) -> QuerySet[UseCase]:
    """What the name finds comes first, in the order the name alone gives: more text adds and never takes away."""
    same = Q(name__iexact=name)
    found: Any = rows
    if not by_all:
        found = rows.filter(same).annotate(rank=Value(0.0), is_by_name=Value(True))
    else:
        named, wanted = (SearchQuery(text, search_type="raw", config="english") for text in (by_name, by_all))
        found = rows.filter(same | Q(search_vector=wanted))
        found = found.annotate(
            rank=SearchRank(F("search_vector"), named), is_by_name=_is(same | Q(search_vector=named))
        )
    return found.annotate(is_same=_is(same)).order_by("-is_same", "-is_by_name", "-rank", "use_case_id")


def _learned(ranked: Any, user: Any) -> list[Match]:
    """The best five the person may learn of. The best of all are ranked first and sifted then: asking of every row
    that shares a word whether the person may know of it costs more than the search."""
    best = list(ranked.values_list("pk", "is_same", "is_by_name")[:SIFTED])
    found = _sifted(best, user)
    if found or len(best) < SIFTED:
        return found
    known = ranked.filter(pk__in=learnable(user).values("pk"))
    return _sifted(list(known.values_list("pk", "is_same", "is_by_name")[:MOST]), user)


def _sifted(best: list[tuple[int, bool, bool]], user: Any) -> list[Match]:
    rows = learnable(user).filter(pk__in=[pk for pk, _, _ in best]).select_related("component", "agency", "owner")
    known = {row.pk: row for row in rows.defer("document", "search_vector")}
    found = [match_of(known[pk], is_same, is_by_name) for pk, is_same, is_by_name in best if pk in known]
    return found[:MOST]


def learnable(user: Any) -> QuerySet[UseCase]:
    """The cases a person may learn of: those they see, and filed ones that are neither restricted nor withheld.

    Withheld counts as soon as the newest answers say so, filed or not.
    """
    filed = Q(filed_document__isnull=False) & ~Q(status=Status.DRAFT) & ~Q(handling=Handling.RESTRICTED)
    kept_back = Q(withheld_filed__in=_WITHHELD) | Q(withheld_newest__in=_WITHHELD)
    kept_back |= Q(filed_document__withheld__has_key="is_withheld")
    rows = UseCase.objects.alias(
        withheld_filed=KT("filed_document__answers__is_withheld"), withheld_newest=KT("document__answers__is_withheld")
    ).annotate(seen=Exists(visible_to(user).filter(pk=OuterRef("pk"))))
    return rows.filter(Q(seen=True) | (filed & ~kept_back)).exclude(status=Status.WITHDRAWN)


def overlaps(user: Any, use_case: UseCase) -> list[Match]:
    """Cases like this one among those the person may see: for triage, where they may see both."""
    given = use_case.document.get("answers", {})
    purpose = f"{given.get('problem_solved', '')} {given.get('system_outputs', '')}"
    found = similar(user, given.get("use_case_name", ""), purpose, besides=use_case.pk)
    return [match for match in found if match.is_visible]


def queries_of(name: str, purpose: str) -> tuple[str, str]:
    """Two tsqueries: by the name alone, and by all that was typed, which finds at least what the name finds.

    Two uncommon words together, at least one of them of the name; empty when there are none.
    """
    named = list(dict.fromkeys(word.lower() for word in _WORD.findall(name)))[:TYPED]
    typed = list(dict.fromkeys([*named, *(word.lower() for word in _WORD.findall(purpose))]))[:TYPED]
    known = _rarest(typed)
    mine = [word for word in known if word in named][:RARE]
    more = [word for word in known if word not in named][:RARE_BESIDES]
    if not mine:
        return "", ""
    alone: set[tuple[str, ...]] = {(word,) for word in mine} if len(mine) == 1 else _pairs(mine, mine)
    return _either(alone), _either(alone | _pairs(mine, more))


def _pairs(some: Sequence[str], others: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(sorted((one, other))) for one in some for other in others if one != other}


def _either(groups: set[tuple[str, ...]]) -> str:
    return " | ".join("(" + " & ".join(f"'{word}'" for word in group) + ")" for group in sorted(groups))


def _rarest(words: Sequence[str]) -> list[str]:
    """The words, those few cases use first, stop words left out; a word no case uses finds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM registry_search_word WHERE word = ANY(%s) "
            "AND numnode(to_tsquery('english', quote_literal(word))) > 0 ORDER BY cases, word",
            [list(words)],
        )
        return [word for (word,) in cursor.fetchall()]


def _alike(rows: QuerySet[UseCase], name: str) -> QuerySet[UseCase]:
    """By the index on the name's trigrams, whose own threshold (0.3) is lower than ours."""
    found = rows.alias(upper_name=Upper("name")).filter(upper_name__trigram_similar=name.upper())
    found = found.annotate(rank=TrigramSimilarity(Upper("name"), name.upper()))
    found = found.annotate(is_same=Value(False), is_by_name=Value(True))
    return found.filter(rank__gte=LIKE).order_by("-rank", "use_case_id")


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def match_of(row: Any, is_same: bool = False, is_by_name: bool = False) -> Match:
    """A row of `learnable()` as a match."""
    return Match(row, row.seen, is_same, is_by_name)
