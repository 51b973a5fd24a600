"""Waves of reviews: opening one, excusing a case, moving it. Nobody is forced: sending stays the owner's act."""

import uuid
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Agency, User
from audit.log import Entry, Subject, record, record_many
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance.models import Wave, WaveCase
from governance.permissions import waves as permissions
from governance.reads import waves as reads


@transaction.atomic
def open_wave(*, actor: User, name: str, tier: str, due_on: date, component: str = "", note: str = "") -> Wave:
    """Ask for the review of every recorded case of a tier that no wave has asked for yet (design section 3).

    Two people opening at once queue on the agency: a case is in one wave at a time.
    """
    blocked = permissions.open_refusals(actor) or guards.reasons_given(name, "Give the wave a name.")
    if tier not in reads.TIERS:
        blocked.append("Choose which cases the wave asks for.")
    if due_on <= timezone.localdate():
        blocked.append("Its day must lie ahead: people need time to send their cases.")
    if blocked:
        raise Refused(*blocked)
    Agency.objects.select_for_update().get(code=settings.PORTAL_AGENCY)
    cases = list(reads.eligible(tier, component).order_by("pk").only("pk", "use_case_id"))
    if not cases:
        raise Stale("No case is left to ask for. Somebody may have opened this wave already.")
    number = (Wave.objects.aggregate(top=Max("number"))["top"] or 0) + 1
    wave = Wave.objects.create(
        number=number, name=name.strip(), chosen={"tier": tier, "component": component}, note=note.strip(),
        due_on=due_on, opened_by=actor,
    )  # fmt: skip
    WaveCase.objects.bulk_create([WaveCase(wave=wave, use_case=case) for case in cases], batch_size=2000)
    act = uuid.uuid4()
    record("wave.opened", wave, actor=actor, act=act, reason=wave.note, data={**wave.chosen, "due_on": due_on})
    # Not how many: the record of a wave is read by people who may not know of every case in it.
    entries = (_of_case("use_case.asked_for_review", case.use_case_id, wave) for case in cases)
    record_many(entries, actor=actor, act=act)
    return wave


@transaction.atomic
def excuse(member: WaveCase, *, actor: User, reason: str) -> None:
    """Let a case off the wave, with the reason; it is not suggested again."""
    member = _locked(member, actor)
    if blocked := guards.reasons_given(reason, "Say why the case is excused."):
        raise Refused(*blocked)
    _leave(member, WaveCase.Left.EXCUSED, actor, reason)
    record("use_case.excused_from_review", _subject(member.use_case.use_case_id, member.wave), actor=actor,
           reason=reason.strip(), data={"wave": member.wave.number})  # fmt: skip


@transaction.atomic
def move_to_wave(member: WaveCase, *, actor: User, to: Wave, reason: str) -> WaveCase:
    """Ask for it with a later wave instead."""
    member = _locked(member, actor)
    blocked = guards.reasons_given(reason, "Say why the case is moved.")
    if to.number <= member.wave.number:
        blocked.append("A case is moved to a later wave only.")
    if blocked:
        raise Refused(*blocked)
    _leave(member, WaveCase.Left.MOVED, actor, reason, to)
    moved = WaveCase.objects.create(wave=to, use_case=member.use_case)
    record("use_case.moved_to_wave", _subject(member.use_case.use_case_id, to), actor=actor, reason=reason.strip(),
           data={"from": member.wave.number, "to": to.number, "due_on": to.due_on})  # fmt: skip
    return moved


def _locked(member: WaveCase, actor: User) -> WaveCase:
    if reasons := permissions.change_refusals(actor):
        raise Refused(*reasons)
    rows = WaveCase.objects.select_for_update(of=("self",)).select_related("wave", "use_case")
    found = rows.get(pk=member.pk)
    if found.left_how:
        raise Stale(f"The case is {found.get_left_how_display().lower()} already. Reload the page.")
    state = reads.members(found.wave).get(pk=found.pk).state
    if state != "not_begun":
        raise Refused(f"The case is “{reads.STATES[state].lower()}” by now, so the wave has what it asked for.")
    return found


def _leave(member: WaveCase, how: WaveCase.Left, actor: User, reason: str, to: Wave | None = None) -> None:
    member.left_how, member.left_because, member.left_by = how, reason.strip(), actor
    member.left_at, member.moved_to = timezone.now(), to
    member.save(update_fields=["left_how", "left_because", "left_by", "left_at", "moved_to"])


def _subject(use_case_id: str, wave: Wave) -> Subject:
    return Subject("use_case", use_case_id, str(wave), timeline=use_case_id)


def _of_case(kind: str, use_case_id: str, wave: Wave) -> Entry:
    return Entry(kind, _subject(use_case_id, wave), data={"wave": wave.number, "due_on": wave.due_on})
