"""Putting dated records on a case and withdrawing them. Nothing of a record is changed or deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import record_kinds
from governance.actions.compliance import check_soon
from governance.models import DatedRecord
from governance.permissions import records as permissions
from governance.record_kinds import Kind
from registry import classified
from registry.models import Evidence, UseCase
from registry.permissions.talk import evidence_visible_to


@transaction.atomic
def put_on_record(
    use_case: UseCase,
    kind: str,
    *,
    title: str,
    effective_on: date,
    actor: User,
    details: Mapping[str, Any] | None = None,
    expires_on: date | None = None,
    reference: str = "",
    note: str = "",
    evidence: Evidence | None = None,
    about: DatedRecord | None = None,
    supersedes: DatedRecord | None = None,
) -> DatedRecord:
    """Record a test, an assessment, a signature, a PTA, an ATO: whatever the kinds in force know.

    Refused to people the kind does not name or who may not know of the case, to authors who would sign their own
    work (M-25-21, appendix section 4(b)(ii), element 7), for days in the future, for what ends before it begins or
    later than its kind allows, and for what belongs to another case or kind. The same thing sent twice is one record.
    """
    UseCase.objects.select_for_update(of=("self",)).only("pk").get(pk=use_case.pk)
    known = record_kinds.in_force(timezone.localdate()).by_slug.get(kind)
    if known is None or known.is_by_practice:
        raise Refused("There is no such kind of record to be made here.")
    _belongs(use_case, known, about)
    whose = permissions.recording(actor, use_case, known, about)
    refuse(whose.refusals)
    said = {name: value for name, value in (details or {}).items() if value not in (None, "")}
    made = DatedRecord(
        use_case=use_case, kind=kind, practice=known.practice, title=title, effective_on=effective_on,
        expires_on=expires_on, reference=reference, note=note, evidence=evidence, details=said, about=about,
        supersedes=supersedes, office=whose.office, ties=_ties(known, use_case, said, actor, bool(whose.office)),
    )  # fmt: skip
    if same := same_as(made, actor):
        return same
    _check(made, known, actor)
    return stand(made, "record.superseded" if supersedes else "record.made", actor, acting_for=whose.acting_for)


def _belongs(use_case: UseCase, kind: Kind, about: DatedRecord | None) -> None:
    """What a record is about is a standing record of the same case, of a kind it may be about."""
    if about is None:
        if kind.is_signature:
            raise Refused("Say which record is signed.")
        return
    if about.use_case_id != use_case.pk or about.kind not in kind.refers_to:
        raise Refused("That record belongs to another case, or is of a kind this cannot be about.")
    if not DatedRecord.objects.standing().filter(pk=about.pk).exists():
        raise Refused("That record was replaced or withdrawn. Choose the one that stands.")


def _ties(kind: Kind, use_case: UseCase, said: Mapping[str, Any], actor: User, for_office: bool) -> list[str]:
    """Of an independent review, what ties the reviewer to the case; of an office's record, what ties its author."""
    if kind.slug == record_kinds.REVIEW:
        named = said.get("reviewer") or {}
        return permissions.ties_of(User.objects.filter(pk=named.get("id") or 0).first(), use_case)
    return [tie for tie in permissions.ties_of(actor, use_case) if tie != "decides"] if for_office else []


def same_as(made: DatedRecord, actor: User) -> DatedRecord | None:
    """The standing record that says the same, by the same person: a form that was sent twice."""
    columns = ("use_case", "kind", "practice", "title", "reference", "note", "effective_on", "expires_on", "details",
               "evidence", "about", "supersedes", "office")  # fmt: skip
    given = {name: getattr(made, name) for name in columns}
    given["expires_on"] = ends_on(made)
    return DatedRecord.objects.filter(withdrawn_at=None, recorded_by=actor, **given).first()


def ends_on(made: DatedRecord) -> date | None:
    """The last day: as said, no later than that of the file it names, and than its kind's term."""
    kind = made.kind_words
    of_file = made.evidence.expires_on if made.evidence else None
    return min(filter(None, (made.expires_on, of_file, kind.latest_end(made.effective_on))), default=None)


def _check(made: DatedRecord, kind: Kind, actor: User) -> None:
    today = timezone.localdate()
    if kind.slug == record_kinds.REVIEW and not (made.details.keys() & {"reviewer", "outside_reviewer"}):
        raise Refused("Say who reviewed it.")
    refuse(kind.problems(made.details, today).values())
    texts = [made.title, made.reference, made.note, *(str(value) for value in made.details.values())]
    refuse(classified.refusals(texts))
    if kind.must_end and made.expires_on is None:
        raise Refused(f"Say the last day: {kind.end_label.lower()}.")
    check_dates(made.effective_on, made.expires_on)
    latest = kind.latest_end(made.effective_on)
    if latest and made.expires_on and made.expires_on > latest:
        raise Refused(f"A record of this kind holds {kind.end_months} months at most, until {_day(latest)}.")
    if made.evidence:
        check_evidence(made.use_case, made.evidence, actor)
    if made.supersedes:
        _takes_its_place(made, made.supersedes)
    made.expires_on = ends_on(made)
    check_dates(made.effective_on, made.expires_on)


def _takes_its_place(made: DatedRecord, old: DatedRecord) -> None:
    if (old.use_case_id, old.kind, old.practice) != (made.use_case_id, made.kind, made.practice):
        raise Refused("A record takes the place of one of the same case, kind and practice only.")
    old.refresh_from_db()
    if old.withdrawn_at or old.is_replaced:
        raise Stale("That record was replaced or withdrawn in the meantime. Look at the newest one first.")
    if made.effective_on < old.effective_on:
        raise Refused("A newer record is dated the same day as the one it replaces, or later.")


@transaction.atomic
def withdraw_record(row: DatedRecord, *, reason: str, actor: User) -> DatedRecord:
    """Take a record out of what counts, from today on; it stays readable with the reason.

    Refused to others than the side it came from, and for one that was withdrawn already.
    """
    fresh = DatedRecord.objects.select_for_update(of=("self",)).select_related("use_case", "office").get(pk=row.pk)
    refuse(permissions.withdrawal_refusals(actor, fresh))
    if fresh.withdrawn_at:
        raise Stale("It was withdrawn already.")
    if not reason.strip():
        raise Refused("Say why it is withdrawn.")
    refuse(classified.refusals([reason]))
    fresh.withdrawn_at, fresh.withdrawn_by, fresh.withdrawn_why = timezone.now(), actor, reason.strip()
    fresh.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record("record.withdrawn", fresh, actor=actor, reason=fresh.withdrawn_why, data={"kind": fresh.kind})
    check_soon(fresh.use_case, actor=actor)
    return fresh


# -- shared with the acts of the seven practices ------------------------------------------------------


def refuse(reasons: Iterable[str]) -> None:
    """Refuse for these reasons, where there are any."""
    if listed := list(reasons):
        raise Refused(*listed)


def check_dates(effective_on: date, expires_on: date | None) -> None:
    """A record says what was done, so it is not dated ahead, and it does not end before it begins."""
    if effective_on > timezone.localdate():
        raise Refused("A record is dated today or earlier: it says what was done.")
    if expires_on and expires_on < effective_on:
        raise Refused("It would end before it begins.")


def check_evidence(use_case: UseCase, evidence: Evidence, actor: User) -> None:
    """The file or link a record names stands on the same case, and the person may read what it is about."""
    if not evidence_visible_to(actor).standing().filter(pk=evidence.pk, use_case=use_case).exists():
        raise Refused("This file or link does not stand on the case any more. Choose another one.")


def stand(made: DatedRecord, event: str, actor: User, acting_for: str = "") -> DatedRecord:
    """Write the record and its event, and have the case checked."""
    made.recorded_by = actor
    made.edition = record_kinds.in_force(timezone.localdate()).key
    made.save()
    data = {"kind": made.kind, "practice": made.practice, "effective_on": made.effective_on, "title": made.title}
    if made.supersedes:
        data["supersedes"] = str(made.supersedes.uuid)
    record(event, made, actor=actor, data=data, acting_for=acting_for)
    check_soon(made.use_case, actor=actor)
    return made


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
