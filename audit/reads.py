"""Questions asked of the log."""

from django.db.models import QuerySet

from audit.attempts import words_of
from audit.kinds import KINDS
from audit.models import Event


def timeline(key: str) -> QuerySet[Event]:
    """The events shown on one record's timeline, newest first; saves, views and talk stand elsewhere."""
    return (
        Event.objects.filter(timeline=key)
        .exclude(
            kind__in=[
                "use_case.saved",
                "use_case.viewed",
                "use_case.answers_viewed",
                "act.refused",
                "finding.opened",
                "finding.resolved",
                "finding.commented",
                "finding.unattended",
                "evidence.downloaded",
                "evidence.linked",
                "evidence.scanned",
            ]
        )
        .exclude(kind__startswith="comment.")  # the conversation has its own place, and audiences of its own
        .order_by("-recorded_at", "-id")
    )


def sentence(event: Event) -> str:
    """What the actor did, in words."""
    return KINDS.get(event.kind, event.kind).format(label=event.subject_label)


def refusal(event: Event) -> str:
    """What the actor of a refused act tried, in words."""
    return f"tried to {words_of(event.data.get('verb', ''))}"
