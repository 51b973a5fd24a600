"""The catalogue the checks run under: read from its files once, held against what was loaded."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from django.conf import settings

from audit.workflow import Refused
from governance.compliance.checks import CHECKS
from governance.compliance.judge import Rule, rules_on
from governance.compliance.snapshot import Clocks
from registry import catalogue, questionnaire
from registry.models import Edition, Provision


@cache
def instruments() -> tuple[catalogue.Instrument, ...]:
    """The policy files, read once a process: an edition never changes."""
    return catalogue.load(settings.FIXTURES_DIR / "policy", questionnaire.fields(), CHECKS)


def rules(clocks: Clocks) -> tuple[Rule, ...]:
    """The provisions that hold on the day, as far as the catalogue knew them then."""
    known_on: date | None = clocks.known_at.date() if clocks.known_at else None
    return rules_on(instruments(), clocks.as_of, known_on)


def provision_rows(given: Iterable[Rule]) -> dict[tuple[str, str], int]:
    """(edition, ref) -> the loaded provision's key.

    Raises Refused when a file's edition is not the loaded one: a judgement must name the text it was made under.
    """
    rows = Edition.objects.values_list("instrument__slug", "effective_on", "sha256")
    loaded = {f"{slug}/{day}": sha256 for slug, day, sha256 in rows}
    stray = sorted({rule.key[0] for rule in given if loaded.get(rule.key[0]) != rule.edition.sha256})
    if stray:
        raise Refused(f"These editions are not loaded as their files say: {', '.join(stray)}. Run load_catalogue.")
    keys = Provision.objects.values_list("edition__instrument__slug", "edition__effective_on", "ref", "pk")
    return {(f"{slug}/{day}", ref): pk for slug, day, ref, pk in keys}


def headline(day: date) -> str:
    """The edition of the minimum practices that is in force on a day, for the foot of each page."""
    for instrument in instruments():
        found = catalogue.edition_for(instrument, day)
        if found and any(provision.kind == "practice" for provision in found.edition.provisions):
            since = found.edition.effective_from
            return f"{instrument.short}, edition of {since.day} {since:%B %Y}"
    return ""
