"""Nudges to the workers. The work is a row; a lost message costs only the time until beat sends it again."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger("portal.nudge")


def nudge(task: str, *args: str) -> None:
    """Send a task by name once the running transaction is committed; Valkey away is logged and no more."""
    transaction.on_commit(lambda: _send(task, args))


def _send(task: str, args: tuple[str, ...]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", task=task, error=str(error))
