"""Everything dated of the cases of a chunk: a fixed number of queries whatever its size."""

from collections import defaultdict

from django.utils import timezone

from governance.compliance.contract import DecisionFact
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated, Signed
from governance.compliance.snapshot.exceptions import add_exceptions
from governance.compliance.snapshot.filings import among
from governance.compliance.snapshot.records import add_records
from governance.compliance.snapshot.settled import add_settled
from governance.models import Decision, Determination
from registry.models import Filing


def dated_facts(chunk: list[int], clocks: Clocks) -> dict[int, Dated]:
    """Records, waivers, decisions and determinations of a chunk; values instead of instances, for speed."""
    found: dict[int, Dated] = defaultdict(Dated)
    add_records(found, chunk, clocks)
    add_exceptions(found, chunk, clocks)
    add_settled(found, chunk, clocks)
    decisions = Decision.objects.filter(use_case__in=among(chunk), decided_at__date__lte=clocks.as_of)
    decisions = clocks.known(decisions, "decided_at").order_by("decided_at", "id")
    for case, outcome, stage, at in decisions.values_list("use_case_id", "outcome", "covers_stage", "decided_at"):
        found[case].decision = DecisionFact(outcome, stage, timezone.localtime(at).date())
    signed = Determination.objects.filter(use_case__in=among(chunk), signed_at__date__lte=clocks.as_of)
    signed = clocks.known(signed, "signed_at").order_by("signed_at", "id")
    for case, impact, categories in signed.values_list("use_case_id", "impact", "categories"):
        found[case].determination = Signed(impact, categories)
    counting = Filing.objects.counting(clocks.known_at)
    cycles = counting.filter(use_case__in=among(chunk), effective_on__lte=clocks.as_of).exclude(batch=None)
    for case, year in clocks.known(cycles).order_by("batch__cycle").values_list("use_case_id", "batch__cycle"):
        found[case].cycle = year
    return found
