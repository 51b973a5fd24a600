"""What people do with a finding: comment, bring evidence to it, say whose it is, accept its risk until a day.

A finding ends when a run of the checks no longer finds it; nobody closes one by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Office, User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import finding_rules
from governance.actions import findings
from governance.models import Finding, FindingNote
from governance.permissions import findings as permissions
from registry import classified
from registry.models import Evidence
from registry.permissions.talk import evidence_visible_to

State = Finding.State


def _locked(finding: Finding, seen: str = "") -> Finding:
    """The row as it is now, locked; Stale where somebody acted since `seen`."""
    rows = Finding.objects.select_for_update(of=("self",)).select_related("use_case__component", "use_case__owner")
    fresh = rows.get(pk=finding.pk)
    if seen and seen != fresh.seen:
        raise Stale("Somebody else changed this finding in the meantime. Look at it again before you act.")
    return fresh


def _refuse(reasons: Iterable[str]) -> None:
    if listed := list(reasons):
        raise Refused(*listed)


@transaction.atomic
def comment_on_finding(finding: Finding, *, text: str, actor: User, evidence: Evidence | None = None) -> FindingNote:
    """Write a comment, or name evidence of the case that bears on it; the same sent twice in a row is one."""
    fresh, said = _locked(finding), text.strip()
    _refuse(permissions.note_refusals(actor, fresh))
    if not said and evidence is None:
        raise Refused("Write a comment, or choose the evidence.")
    _refuse(classified.refusals([said]))
    if evidence and not evidence_visible_to(actor).standing().filter(pk=evidence.pk, use_case=fresh.use_case).exists():
        raise Refused("This file or link does not stand on the case any more. Choose another one.")
    last = fresh.notes.order_by("-pk").first()
    if last and (last.recorded_by_id, last.text, last.evidence_id) == (actor.pk, said, evidence and evidence.pk):
        return last
    note = FindingNote.objects.create(finding=fresh, text=said, evidence=evidence, recorded_by=actor)
    _attended(fresh)
    record("finding.commented", fresh, actor=actor, data={"note": note.uuid, "evidence": bool(evidence)})
    return note


@transaction.atomic
def assign_finding(
    finding: Finding, *, actor: User, person: User | None = None, office: Office | None = None, seen: str = ""
) -> Finding:
    """Give it to a person who may see the case, or to an office; a person of the office then takes it."""
    fresh = _locked(finding, seen)
    _refuse(permissions.assign_refusals(actor, fresh))
    if (person is None) == (office is None):
        raise Refused("Choose a person or an office.")
    if person and not permissions.assignable(fresh.use_case, fresh.field).filter(pk=person.pk).exists():
        raise Refused(f"{person} may not see the case, or only audits it. Choose somebody else.")
    if office and not permissions.offices_for(fresh.use_case).filter(pk=office.pk).exists():
        raise Refused("That office does not look at cases of this component.")
    is_theirs = fresh.assigned_to == person if person else fresh.assigned_to is None and fresh.office == office
    if is_theirs:
        return fresh
    fresh.assigned_to, fresh.assigned_at = person, timezone.now()
    fresh.office = office or fresh.office
    fresh.save(update_fields=["assigned_to", "office", "assigned_at"])
    _attended(fresh)
    named = person.name if person else f"the {office.name}" if office else ""
    data = {"person": person.pk if person else None, "office": office.code if office else "", "to": named}
    record("finding.assigned", fresh, actor=actor, data=data)
    return fresh


@transaction.atomic
def accept_risk(finding: Finding, *, until: date, reason: str, actor: User, seen: str = "") -> Finding:
    """Accept the risk of a finding through a day, with the reason.

    It stays in the list as an accepted risk, and a practice it is about stays not met in the matrix: M-25-21 section
    4(a) knows a waiver for that, and only a waiver. M-25-21, appendix section 4(b)(ii), element 7.
    """
    findings.hold()
    fresh = _locked(finding, seen)
    _refuse(permissions.accept_refusals(actor, fresh))
    _refuse(_terms_wrong(until, reason))
    if fresh.state == State.ACCEPTED and (fresh.accepted_until, fresh.accepted_why) == (until, reason.strip()):
        return fresh
    findings.mark_accepted(fresh, until=until, why=reason.strip(), actor=actor)
    _attended(fresh)
    return fresh


def _terms_wrong(until: date, reason: str) -> list[str]:
    today, most = timezone.localdate(), finding_rules.in_force(timezone.localdate()).accept_at_most_days
    said = [] if reason.strip() else ["Say why the risk is accepted."]
    if until <= today:
        said.append("Give a day to come: until then the risk is accepted.")
    if until > today + timedelta(days=most):
        said.append(f"A risk is accepted for {most} days at most, and looked at again then.")
    return [*said, *classified.refusals([reason])]


@transaction.atomic
def take_acceptance_back(finding: Finding, *, reason: str, actor: User) -> Finding:
    """The finding is open again from now on."""
    findings.hold()
    fresh = _locked(finding)
    _refuse(permissions.back_refusals(actor, fresh))
    if fresh.state != State.ACCEPTED:
        raise Stale("The risk is not accepted any more: it was taken back, its day passed, or the finding is resolved.")
    if not reason.strip():
        raise Refused("Say why it is taken back.")
    _refuse(classified.refusals([reason]))
    findings.open_again(fresh, why=reason.strip(), actor=actor)
    _attended(fresh)
    return fresh


def _attended(finding: Finding) -> None:
    """Somebody looked after it: the clock of what nobody looks after begins anew."""
    finding.attended_at = timezone.now()
    finding.save(update_fields=["attended_at"])


# -- several at once ---------------------------------------------------------------------------------

ACTS: Mapping[str, Callable[..., Any]] = {
    "assign": assign_finding, "comment": comment_on_finding, "accept": accept_risk,
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What became of each: done as a whole, or not at all and why."""

    done: list[Finding]
    left: list[tuple[Finding, list[str]]]


def act_on_findings(act: str, rows: Iterable[Finding], *, actor: User, **words: Any) -> Done:
    """Do the same to several findings; each is done as a whole or refused with its reasons, and the others go on."""
    found = Done([], [])
    for row in rows:
        try:
            ACTS[act](row, actor=actor, **words)
        except Refused as refused:
            found.left.append((row, refused.reasons))
        else:
            found.done.append(row)
    return found
