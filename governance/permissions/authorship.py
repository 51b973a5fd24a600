"""Who cannot judge a case: its authors since the last decision, and who stepped aside; and who said they are free to.

By case or by many cases."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from governance.models import ConflictStatement, Decision, HoldWord, Lane, Recusal, Review
from registry.models import Revision, UseCase

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)  # before any decision


def authors(use_case: UseCase) -> frozenset[int]:
    """Who wrote or submitted any revision since the case's last decision (design section 4)."""
    last = Decision.objects.filter(use_case=use_case).order_by("-decided_at").values("decided_at")[:1]
    since = Coalesce(Subquery(last), Value(LONG_AGO))
    written = Revision.objects.filter(use_case=use_case, recorded_at__gt=since)
    submitted = Review.objects.filter(use_case=use_case, submitted_at__gt=since)
    people = written.order_by().values_list("written_by", flat=True)
    return frozenset(people.union(submitted.order_by().values_list("submitted_by", flat=True)))


def recusal_of(user: Any, use_case: UseCase) -> Recusal | None:
    """The person's recusal from the case that stands."""
    return Recusal.objects.filter(use_case=use_case, person=user.pk, lifted_at=None).first()


def recused(use_case: UseCase, *people: Any) -> list[str]:
    """Why these people keep out of the case: the first is the one who acts, the others those acted for."""
    rows = Recusal.objects.filter(use_case=use_case, person__in=[person.pk for person in people], lifted_at=None)
    said = []
    for row in rows.select_related("person"):
        day = f"{row.recused_at.day} {row.recused_at:%B %Y}"
        if row.person_id == people[0].pk:
            said.append(f"You recused yourself from this case on {day}, so you decide nothing in it.")
        else:
            said.append(f"{row.person} recused themselves from this case on {day}, so nobody acts for them in it.")
    return said


def stated(review: Review, person: Any) -> ConflictStatement | None:
    """What the person said last in this round of having no conflict; None when they are to be asked (anew)."""
    last = ConflictStatement.objects.filter(review=review, person=person.pk).last()
    return last if last and not last.has_conflict else None


# Reading second is speaking for the office too, and so is having put something before a second reader.
_READ_SECOND = {"second_read_at__isnull": False}
_PROPOSED = {"status": Lane.State.SECOND}
_OF_NOW = Q(hold__is_live=True) | Q(hold__state="lifted")  # of a hold that was opened anew only the new one counts


def acted_for(review: Review, user: Any, besides: Lane | None = None) -> list[str]:
    """The offices this person has spoken for in the round; a sign-off carried over counts, and a word on a hold."""
    spoken = Q(decided_by=user.pk) | Q(second_reader=user.pk, **_READ_SECOND) | Q(proposed_by=user.pk, **_PROPOSED)
    lanes = Lane.objects.filter(spoken, review__in=review.span)
    words = HoldWord.objects.filter(_OF_NOW, person=user.pk, replaced_at=None, hold__use_case=review.use_case_id)
    words = words.filter(Q(hold__state="open") | Q(said_at__gte=review.submitted_at))
    if besides is not None:
        lanes, words = lanes.exclude(office=besides.office_id), words.exclude(office=besides.office_id)
    codes = lanes.order_by().values_list("office__code", flat=True)
    return sorted(codes.union(words.order_by().values_list("office__code", flat=True)))


def barred(people: Collection[int], lanes: QuerySet[Lane]) -> dict[int, set[int]]:
    """{lane: people who cannot sign it}, of these people only, in one query however many lanes there are."""
    found: dict[int, set[int]] = defaultdict(set)
    case = "review__use_case"
    since = Decision.objects.filter(use_case=OuterRef(f"{case}")).order_by("-decided_at").values("decided_at")[:1]
    rows = lanes.annotate(since=Subquery(since))
    after = Q(since=None) | Q(at__gt=F("since"))
    wrote = rows.annotate(who=F(f"{case}__revisions__written_by"), at=F(f"{case}__revisions__recorded_at"))
    sent = rows.annotate(who=F(f"{case}__reviews__submitted_by"), at=F(f"{case}__reviews__submitted_at"))
    aside = rows.annotate(who=F(f"{case}__recusals__person"), lifted=F(f"{case}__recusals__lifted_at"))
    decided, second, proposed = (
        rows.annotate(
            who=F(f"review__lanes__{role}"),
            elsewhere=F("review__lanes__office"),
            at=F("review__lanes__second_read_at"),
            state=F("review__lanes__status"),
        ).exclude(elsewhere=F("office"))
        for role in ("decided_by", "second_reader", "proposed_by")
    )
    hold = f"{case}__holds"
    spoke = rows.annotate(
        who=F(f"{hold}__words__person"), gone=F(f"{hold}__words__replaced_at"), at=F(f"{hold}__words__said_at"),
        elsewhere=F(f"{hold}__words__office"), is_live=F(f"{hold}__is_live"), state=F(f"{hold}__state"),
    ).exclude(elsewhere=F("office"))  # fmt: skip
    of_now = Q(is_live=True) | Q(state="lifted")
    pairs = [
        found_in.filter(who__in=list(people)).order_by().values_list("pk", "who")
        for found_in in (
            wrote.filter(after),
            sent.filter(after),
            aside.filter(lifted=None),
            decided,
            second.filter(at__isnull=False),
            proposed.filter(state=Lane.State.SECOND),
            spoke.filter(of_now, gone=None).filter(Q(state="open") | Q(at__gte=F("review__submitted_at"))),
        )
    ]
    for lane, who in pairs[0].union(*pairs[1:]):
        found[lane].add(who)
    return found
