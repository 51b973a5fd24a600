"""Celery tasks: each calls one action. Arguments are ids only."""

from celery import shared_task

from accounts.actions import system_account
from audit import seal
from governance.actions import (
    compliance,
    condition_upkeep,
    digests,
    exception_reminders,
    finding_reminders,
    gate_reminders,
    holds,
    material,
    notices,
    policy,
    recertification,
    record_reminders,
    reminders,
    reports,
    resend,
    seals,
    stop_orders,
)
from registry.actions import (
    cycle_upkeep,
    evidence_upkeep,
    outside_upkeep,
    owners,
    quality_marks,
    system_marks,
    vocabulary,
    withholding,
)


@shared_task(name="governance.seal_audit", time_limit=300)
def seal_audit() -> None:
    """Seal what was recorded since the last seal."""
    seal.seal_audit()


@shared_task(name="governance.verify_audit", time_limit=3600)
def verify_audit(uuid: str) -> None:
    """Walk the chain of seals for who asked."""
    seals.verify(uuid)


@shared_task(name="governance.verify_nightly", time_limit=3600)
def verify_nightly() -> None:
    """Walk the chain of seals every night."""
    seals.nightly()


@shared_task(name="governance.dispatch_notices", time_limit=300)
def dispatch_notices() -> None:
    """Mail what people have to know."""
    notices.work_off()


@shared_task(name="governance.simulate", time_limit=3600)
def simulate(uuid: str) -> None:
    """Try a draft edition out for who asked."""
    policy.perform_simulation(uuid)


@shared_task(name="governance.make_digests", time_limit=600)
def make_digests() -> None:
    """Put what waits for the daily mail under one mail a person."""
    digests.make_digests()


@shared_task(name="governance.remind", time_limit=600)
def remind() -> None:
    """Remind offices of lanes whose day comes near or has passed."""
    reminders.remind()


@shared_task(name="governance.remind_of_gates", time_limit=600)
def remind_of_gates() -> None:
    """Remind of yearly confirmations and of waves whose day comes near or has passed."""
    gate_reminders.remind()


@shared_task(name="governance.remind_of_exceptions", time_limit=600)
def remind_of_exceptions() -> None:
    """Tell of the clocks of waivers, extensions and pilots."""
    exception_reminders.remind()


@shared_task(name="governance.count_calls", time_limit=600)
def count_calls() -> None:
    """Count what the yearly data call confirmed and certified."""
    recertification.count_calls()


@shared_task(name="governance.watch_material", time_limit=1800)
def watch_material() -> None:
    """Compare approved cases with what was decided."""
    material.look_at_all()


@shared_task(name="governance.remind_of_records", time_limit=600)
def remind_of_records() -> None:
    """Tell of dated records that run out."""
    record_reminders.remind()


@shared_task(name="governance.look_after_findings", time_limit=600)
def look_after_findings() -> None:
    """End accepted risks whose day has passed, and tell of findings nobody looks after."""
    finding_reminders.look_after()


@shared_task(name="governance.tell_of_findings", time_limit=600)
def tell_of_findings() -> None:
    """Tell leads and owners what was found this week."""
    finding_reminders.tell_week()


@shared_task(name="governance.watch_holds", time_limit=1800)
def watch_holds() -> None:
    """Open holds on prohibited uses that what is filed does not rule out."""
    holds.look_at_all()


@shared_task(name="governance.remind_of_holds", time_limit=600)
def remind_of_holds() -> None:
    """Remind offices of holds, and tell of uses that are not confirmed stopped in time."""
    holds.remind_offices()
    stop_orders.tell_overdue()


@shared_task(name="governance.check_compliance", time_limit=3600)
def check_compliance() -> None:
    """The nightly run over the whole registry."""
    compliance.nightly()


@shared_task(name="governance.check_changes", time_limit=3600)
def check_changes() -> None:
    """A small run over what changed or fell due, also after an inventory file came in."""
    compliance.check_changes()


@shared_task(name="governance.check_run", time_limit=3600)
def check_run(uuid: str) -> None:
    """Take part in one run."""
    compliance.perform(uuid)


@shared_task(name="governance.resend_jobs", time_limit=60)
def resend_jobs() -> None:
    """Nudge again for work that waits."""
    resend.resend_jobs()


@shared_task(name="governance.make_report", time_limit=1800)
def make_report(uuid: str) -> None:
    """Make one report."""
    reports.make_report(uuid)


@shared_task(name="governance.refresh_search_words", time_limit=600)
def refresh_search_words() -> None:
    """Learn the words that were written since the last time, for misspelt searches."""
    vocabulary.refresh_search_words()


@shared_task(name="governance.count_quality", time_limit=1800)
def count_quality() -> None:
    """Look at every case for what looks wrong."""
    quality_marks.count_quality(actor=system_account())


@shared_task(name="governance.watch_systems", time_limit=600)
def watch_systems() -> None:
    """Mark the cases on systems whose authorization or contract option comes near its end."""
    system_marks.watch()


@shared_task(name="governance.look_after_owners", time_limit=600)
def look_after_owners() -> None:
    """Give the cases of people whose role has ended to the lead, and end offers nobody answered."""
    owners.look_after_owners()


@shared_task(name="governance.look_after_outside", time_limit=1800)
def look_after_outside() -> None:
    """Hold the lists from outside against the inventory anew, and remind leads of what waits."""
    outside_upkeep.look_after()


@shared_task(name="governance.watch_withholding", time_limit=600)
def watch_withholding() -> None:
    """Note what is withheld by a review that ends soon or has ended."""
    withholding.watch_withholding()


@shared_task(name="governance.escalate_conditions", time_limit=600)
def escalate_conditions() -> None:
    """Take overdue conditions to the component lead, then to the Chief AI Officer."""
    condition_upkeep.escalate_conditions()


@shared_task(name="governance.scan_evidence", time_limit=1800)
def scan_evidence() -> None:
    """Scan what came in while the virus scanner was away."""
    evidence_upkeep.scan_waiting()


@shared_task(name="governance.tell_of_expiry", time_limit=600)
def tell_of_expiry() -> None:
    """Note evidence that expires within 30 days; its owner is mailed."""
    evidence_upkeep.tell_of_expiry()


@shared_task(name="governance.clear_abandoned_evidence", time_limit=3600)
def clear_abandoned_evidence() -> None:
    """Delete content no row names any more."""
    evidence_upkeep.clear_abandoned()


@shared_task(name="governance.look_after_cycles", time_limit=1800)
def look_after_cycles() -> None:
    """Remind of the yearly inventory, tell of certifications that are out of date, count the changes."""
    cycle_upkeep.look_after_cycles()
