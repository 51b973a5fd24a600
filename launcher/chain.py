"""Several management commands in one process: each alone would pay for loading the whole portal again.

Only the last one's output goes to stdout; what the others say goes to stderr.
Runs in the portal's environment, not the launcher's: python -m launcher.chain "migrate --noinput" demo_people
"""

from __future__ import annotations

import shlex
import sys

import django
from django.core.management import CommandError, call_command


def main(commands: list[str]) -> int:
    django.setup()
    for number, command in enumerate(commands, start=1):
        name, *words = shlex.split(command)
        try:
            call_command(name, *words, stdout=sys.stdout if number == len(commands) else sys.stderr)
        except CommandError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
