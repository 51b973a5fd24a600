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
    "send notices": {"task": "governance.dispatch_notices", "schedule": 30},
    "take up jobs whose lease ended": {"task": "governance.resend_jobs", "schedule": 20},
    "learn words for misspelt searches": {"task": "governance.refresh_search_words", "schedule": 600},
    "checks after an import": {"task": "governance.check_imports", "schedule": 60},
    "nightly compliance checks": {
        "task": "governance.check_compliance",
        "schedule": crontab(hour=2, minute=15),
    },
}
