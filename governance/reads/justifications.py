"""Justifications that stand under several cases, word for word or nearly: only of cases the reader may see and read.

M-25-21 section 4(a): a presumption is cleared for the use at hand. A sentence repeated under many cases is looked at.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Func
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Length, Lower, NullIf, Trim
from django.db.models.lookups import GreaterThan

from governance import determining
from governance.models import Determination
from registry import handling
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.permissions.know import known_to

FIELD = "hi_justification"
PRESUMED = "presumed_not_high_impact"
NEAR = 0.75  # of pg_trgm's similarity: a name or a number changed in a sentence otherwise the same
SHORT = 12  # characters: what is shorter says nothing that could be repeated
SHOWN = 8


class _Plain(Func):
    """A text without case, punctuation and blanks: what does not make a justification another one."""

    function = "REGEXP_REPLACE"
    template = "%(function)s(%(expressions)s, '[^[:alnum:]]+', ' ', 'g')"
    output_field = TextField()


def _plain(text: Any) -> Trim:
    return Trim(_Plain(Lower(text)))


@dataclass(frozen=True)
class Alike:
    """The cases with the same justification, and those with nearly the same one."""

    same: list[UseCase] = field(default_factory=list)
    near: list[UseCase] = field(default_factory=list)
    same_count: int = 0
    near_count: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.same_count + self.near_count


def alike(user: Any, use_case: UseCase, text: str) -> Alike:
    """The other cases this person may read whose justification is this one, or nearly.

    One pass over the texts: trigrams know neither case nor punctuation, so the same text is among the near ones.
    """
    if len(text.strip()) < SHORT or handling.is_marker(text):
        return Alike()
    others = justified(user).exclude(pk=use_case.pk).annotate(size=Length("text"))
    others = others.filter(size__gte=len(text) // 2, size__lte=len(text) * 2)  # none of another length is alike
    others = others.annotate(like=TrigramSimilarity("text", text))
    found = others.filter(like__gte=NEAR).order_by("-like", "use_case_id").values_list("pk", "text")
    said = determining.normalised(text)
    same: list[int] = []
    near: list[int] = []
    for pk, other in found:
        (same if determining.normalised(other) == said else near).append(pk)
    cases = UseCase.objects.select_related("component").defer("document", "filed_document")
    shown = {one.pk: one for one in cases.filter(pk__in=[*same[:SHOWN], *near[:SHOWN]])}
    return Alike([shown[pk] for pk in same[:SHOWN]], [shown[pk] for pk in near[:SHOWN]], len(same), len(near))


def justified(user: Any) -> QuerySet[Any]:
    """The cases with a cleared presumption whose justification this person may read: signed, else as reported."""
    signed = Determination.objects.filter(use_case=OuterRef("pk")).order_by("-signed_at", "-id")
    rows = visible_to(user).exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
    cleared = Q(signed_impact=PRESUMED) | Q(signed_impact="", impact=PRESUMED)
    rows = _readable(user, rows.filter(cleared, filed_document__isnull=False)).select_related("component")
    nothing = Value("", output_field=TextField())
    own = NullIf(Subquery(signed.values("justification")[:1], output_field=TextField()), nothing)
    reported = KT(f"filed_document__answers__{FIELD}")
    rows = rows.annotate(text=Coalesce(own, reported, nothing, output_field=TextField()))
    return rows.filter(GreaterThan(Length("text"), SHORT))


def _readable(user: Any, rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """Without what quotes a restricted justification, for whoever may not read it."""
    if FIELD in handling.by_questionnaire():
        return rows.filter(pk__in=known_to(user).values("pk"))
    return rows.filter(~Q(restricted_fields__contains=[FIELD]) | Q(pk__in=known_to(user).values("pk")))


@dataclass(frozen=True)
class Group:
    """One justification, and the cases it stands under."""

    text: str
    cases: list[UseCase]
    count: int


def _plainly(user: Any) -> QuerySet[Any]:
    return justified(user).annotate(plain=_plain(F("text")))


def grouped(user: Any) -> QuerySet[Any]:
    """Each repeated justification once, with how many cases have it: the most repeated first."""
    rows = _plainly(user).order_by().values("plain").annotate(count=Count("pk")).filter(count__gt=1)
    return rows.order_by("-count", "plain")


def groups(user: Any, rows: list[Any]) -> list[Group]:
    """The cases behind these rows of `grouped`, in two queries however many."""
    found: dict[str, list[UseCase]] = defaultdict(list)
    wanted = [row["plain"] for row in rows]
    for case in _plainly(user).filter(plain__in=wanted).order_by("use_case_id"):
        found[case.plain].append(case)
    return [
        Group(found[row["plain"]][0].text, found[row["plain"]], row["count"])  # type: ignore[attr-defined]  # annotated above
        for row in rows
        if found[row["plain"]]
    ]
