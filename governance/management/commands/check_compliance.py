"""`check_compliance`: hold the registry against the provisions in force."""

from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.models import Component
from audit.workflow import Refused
from governance.actions.compliance import check_now
from registry.management.base import JsonCommand, WrongUsage


def day(text: str) -> date:
    """An ISO date, or wrong usage."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{text} is not a date like 2026-04-03.", "--as-of") from None


def instant(text: str) -> datetime:
    """An ISO instant; without an offset it is department time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{text} is not an instant like 2026-04-03T17:00.", "--known-at") from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


SAID = (
    "use_cases", "provisions", "problems", "opened", "kept", "resolved", "waived", "reconciled", "seconds",
)  # fmt: skip


class Command(JsonCommand):
    """Exit 0 also with findings; 1 when the catalogue is not loaded; 2 for an unknown component or a bad date."""

    help = "Run the compliance checks over the registry or one component."

    def add_arguments(self, parser: CommandParser) -> None:
        """By both clocks and by component."""
        super().add_arguments(parser)
        parser.add_argument("--as-of", metavar="DATE", help="the day that is judged; today unless given")
        parser.add_argument("--known-at", metavar="INSTANT", help="ignore what was recorded later")
        parser.add_argument("--component", metavar="CODE", help="this component's cases only")
        parser.add_argument("--afresh", action="store_true", help="judge also cases that read as they did")

    def run(self, **options: Any) -> dict[str, Any]:
        """One run in this process."""
        actor = self.actor(options)
        component = None
        if code := options["component"]:
            component = Component.objects.filter(code__iexact=code).first()
            if component is None:
                raise WrongUsage(f"There is no component {code}.", "--component")
        done = check_now(
            actor=actor,
            as_of=day(options["as_of"]) if options["as_of"] else None,
            known_at=instant(options["known_at"]) if options["known_at"] else None,
            component=component,
            is_afresh=options["afresh"],
        )
        if done.state == done.State.FAILED:
            raise Refused(done.error)
        return {name: done.counts[name] for name in SAID}

    def words(self, result: dict[str, Any]) -> str:
        """Two lines for a person."""
        kept = "" if result["reconciled"] else " A reproduction: findings were not changed."
        return (
            f"{result['use_cases']} use cases held against {result['provisions']} provisions: "
            f"{result['problems']} problems in {result['seconds']} s.\n"
            f"Findings: {result['opened']} opened, {result['kept']} kept, {result['resolved']} resolved, "
            f"{result['waived']} under a waiver.{kept}"
        )
