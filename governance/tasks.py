"""Celery tasks: each calls one action. Arguments are ids only."""

from celery import shared_task

from audit import seal
from governance.actions import notices


@shared_task(name="governance.seal_audit", time_limit=300)
def seal_audit() -> None:
    """Seal what was recorded since the last seal."""
    seal.seal_audit()


@shared_task(name="governance.dispatch_notices", time_limit=300)
def dispatch_notices() -> None:
    """Mail what people have to know."""
    notices.dispatch()
