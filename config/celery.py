"""The Celery application and the one beat table.

A message is a nudge: every long job is a row, and beat sends rows again whose lease ended (design section 3).
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["governance"])

app.conf.beat_schedule = {
    "seal the audit log": {"task": "governance.seal_audit", "schedule": 300},
    "verify the audit log": {"task": "governance.verify_nightly", "schedule": crontab(hour=3, minute=15)},
    "send notices": {"task": "governance.dispatch_notices", "schedule": 30},
    "one mail a day": {"task": "governance.make_digests", "schedule": crontab(hour=7, minute=0)},
    "remind of lanes": {"task": "governance.remind", "schedule": crontab(hour=6, minute=40)},
    "remind of gates": {"task": "governance.remind_of_gates", "schedule": crontab(hour=6, minute=45)},
    "waivers and their clocks": {"task": "governance.remind_of_exceptions", "schedule": crontab(hour=6, minute=55)},
    "data calls that confirm": {"task": "governance.count_calls", "schedule": 600},
    "changes of approved cases": {"task": "governance.watch_material", "schedule": 300},
    "prohibited uses": {"task": "governance.watch_holds", "schedule": 300},
    "holds and orders to stop": {"task": "governance.remind_of_holds", "schedule": crontab(hour=6, minute=35)},
    "take up jobs whose lease ended": {"task": "governance.resend_jobs", "schedule": 20},
    "learn words for misspelt searches": {"task": "governance.refresh_search_words", "schedule": 600},
    "checks of what changed or fell due": {"task": "governance.check_changes", "schedule": 120},
    "dates of systems": {"task": "governance.watch_systems", "schedule": crontab(hour=6, minute=5)},
    "owners who left": {"task": "governance.look_after_owners", "schedule": crontab(hour=0, minute=20)},
    "records that run out": {"task": "governance.remind_of_records", "schedule": crontab(hour=6, minute=25)},
    "accepted risks and what nobody looks after": {
        "task": "governance.look_after_findings",
        "schedule": crontab(hour=6, minute=20),
    },
    "findings of the week": {
        "task": "governance.tell_of_findings",
        "schedule": crontab(hour=6, minute=10, day_of_week=1),
    },
    "scan evidence that waits": {"task": "governance.scan_evidence", "schedule": 60},
    "tell of evidence that expires": {"task": "governance.tell_of_expiry", "schedule": crontab(hour=6, minute=30)},
    "clear abandoned evidence": {"task": "governance.clear_abandoned_evidence", "schedule": crontab(hour=3, minute=40)},
    "what looks wrong in the inventory": {"task": "governance.count_quality", "schedule": crontab(hour=2, minute=45)},
    "reviews of what is withheld": {"task": "governance.watch_withholding", "schedule": crontab(hour=6, minute=50)},
    "overdue conditions": {"task": "governance.escalate_conditions", "schedule": crontab(hour=6, minute=40)},
    "lists from outside": {"task": "governance.look_after_outside", "schedule": crontab(hour=4, minute=10)},
    "the yearly inventory": {"task": "governance.look_after_cycles", "schedule": crontab(hour=6, minute=15)},
    "nightly compliance checks": {
        "task": "governance.check_compliance",
        "schedule": crontab(hour=2, minute=15),
    },
}
