"""Everything dated of the cases of a chunk: a fixed number of queries whatever its size."""

from collections import defaultdict

from django.utils import timezone

from governance.compliance.contract import DecisionFact
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.compliance.snapshot.exceptions import add_exceptions
from governance.compliance.snapshot.records import add_records
from governance.models import Decision, Determination
from registry.models import Filing


def dated_facts(chunk: list[int], clocks: Clocks) -> dict[int, Dated]:
    """Records, waivers, decisions and determinations of a chunk: a fixed number of queries whatever its size."""
    found: dict[int, Dated] = defaultdict(Dated)
    add_records(found, chunk, clocks)
    add_exceptions(found, chunk, clocks)
    decisions = Decision.objects.filter(use_case__in=chunk, decided_at__date__lte=clocks.as_of)
    for row in clocks.known(decisions, "decided_at").order_by("decided_at", "id"):
        day = timezone.localtime(row.decided_at).date()
        found[row.use_case_id].decision = DecisionFact(row.outcome, row.covers_stage, day)
    signed = Determination.objects.filter(use_case__in=chunk, signed_at__date__lte=clocks.as_of)
    for row in clocks.known(signed, "signed_at").order_by("signed_at", "id"):
        found[row.use_case_id].determination = row
    counting = Filing.objects.counting(clocks.known_at)
    cycles = counting.filter(use_case__in=chunk, effective_on__lte=clocks.as_of).exclude(batch=None)
    for case, year in clocks.known(cycles).order_by("batch__cycle").values_list("use_case", "batch__cycle"):
        found[case].cycle = year
    return found
