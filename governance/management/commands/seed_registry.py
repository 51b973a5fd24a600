"""`seed_registry --use-cases N`: a synthetic registry at scale, for benchmarks (design section 7)."""

from time import perf_counter
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from governance.actions.seed_records import seed_records
from registry.actions import inventory
from registry.management.base import JsonCommand, WrongUsage


class Command(JsonCommand):
    """Add invented use cases and dated records of some; the same seed adds the same ones."""

    help = "Fill the registry with invented use cases for benchmarks. Never in a registry people use."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, and which."""
        super().add_arguments(parser)
        parser.add_argument("--use-cases", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def run(self, **options: Any) -> dict[str, Any]:
        """Add them."""
        if options["use_cases"] < 1:
            raise WrongUsage("At least one use case is needed.", "--use-cases")
        start, actor = perf_counter(), self.actor(options)
        with transaction.atomic():
            count = inventory.seed(options["use_cases"], options["seed"], actor=actor)
            records = seed_records(count, options["seed"], actor=actor)
        return {"use_cases": count, "records": records, "seconds": round(perf_counter() - start, 3)}
