"""Walk the chain of seals and say whether the history is as it was recorded. Exit 1 when it is not."""

import json
import re
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.verify import Verified, verify_audit

PRINTED = re.compile(r"(\d+):([0-9a-fA-F]{64})")


class Command(BaseCommand):
    """Prints events, sealed, seals, ok and first_bad, and besides every place that does not fit."""

    help = "Verify the audit log, also against seals printed on reports."

    def add_arguments(self, parser: CommandParser) -> None:
        """The output's form, and what is known from elsewhere."""
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--printed", action="append", default=[], metavar="NUMBER:SHA256",
            help="a seal as a report prints it; may be given several times",
        )  # fmt: skip
        parser.add_argument("--since", type=int, default=0, metavar="NUMBER", help="begin after this printed seal")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify; the exit code says it to scripts."""
        try:
            found = verify_audit(_printed(options["printed"]), since=options["since"])
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(asdict(found), default=str) if options["json"] else "\n".join(_words(found)))
        if not found.ok:
            sys.exit(1)


def _printed(given: list[str]) -> dict[int, str]:
    found = {}
    for one in given:
        match = PRINTED.fullmatch(one.strip())
        if match is None:
            raise ValueError(f"--printed {one!r}: give the seal's number, a colon and its 64 hexadecimal digits.")
        found[int(match[1])] = match[2]
    return found


def _words(found: Verified) -> list[str]:
    sealed = f"{found.sealed} of {found.events} events in {found.seals} seals."
    words = [f"The history is as it was recorded: {sealed}"] if found.ok else [f"Not as recorded. {sealed}"]
    words += [f"  {place}" for place in found.bad]
    if found.late:
        words.append(f"{found.late} were recorded over an hour before a seal that should have taken them already:")
        words += [f"  {place}" for place in found.late_events]
    if found.unsealed:
        words.append(
            f"{found.unsealed} wait for the next seal, the oldest since {found.unsealed_since:%Y-%m-%d %H:%M}."
        )
    return words
