"""The catalogue the checks run under: read from its files once, held against what was loaded."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

from django.conf import settings

from audit.workflow import Refused
from governance.compliance.checks import ACCEPTED
from governance.compliance.judge import Rule, rules_on
from governance.compliance.snapshot import Clocks
from registry import catalogue, questionnaire
from registry.instruments import StatusEntry
from registry.models import Edition, EditionStatus, Provision


@cache
def instruments() -> tuple[catalogue.Instrument, ...]:
    """The policy files, read once a process: an edition never changes."""
    return catalogue.load(settings.FIXTURES_DIR / "policy", questionnaire.fields(), ACCEPTED)


def rules(clocks: Clocks) -> tuple[Rule, ...]:
    """The provisions that hold on the day, as far as the catalogue knew them then."""
    return rules_on(with_signed(instruments()), clocks.as_of, known_on(clocks))


def known_on(clocks: Clocks) -> date | None:
    """The last day of which the catalogue's entries were known."""
    return clocks.known_at.date() if clocks.known_at else None


def with_signed(given: Iterable[catalogue.Instrument]) -> tuple[catalogue.Instrument, ...]:
    """The instruments with the statuses that named officials signed here, after those of their files."""
    signed: dict[str, list[StatusEntry]] = defaultdict(list)
    rows = EditionStatus.objects.exclude(signed_by=None).order_by("recorded_on", "id")
    for row in rows.select_related("edition__instrument", "signed_by"):
        entry = StatusEntry(
            edition=row.edition.effective_on.isoformat(), status=row.status, effective_on=row.from_on,
            source=row.source, recorded_on=row.recorded_on, note="", signed_by=str(row.signed_by),
        )  # fmt: skip
        signed[row.edition.instrument.slug].append(entry)
    return tuple(
        replace(one, statuses=one.statuses + tuple(signed[one.slug])) if one.slug in signed else one for one in given
    )


def provision_rows(given: Iterable[Rule]) -> dict[tuple[str, str], int]:
    """(edition, ref) -> the loaded provision's key.

    Raises Refused when a file's edition is not the loaded one: a judgement must name the text it was made under.
    """
    editions = {row.pk: row for row in Edition.objects.select_related("instrument").defer("document")}
    loaded = {f"{row.instrument.slug}/{row.key}": row.sha256 for row in editions.values()}
    stray = sorted({rule.key[0] for rule in given if loaded.get(rule.key[0]) != rule.edition.sha256})
    if stray:
        raise Refused(f"These editions are not loaded as their files say: {', '.join(stray)}. Run load_catalogue.")
    names = {pk: f"{row.instrument.slug}/{row.key}" for pk, row in editions.items()}
    return {(names[edition], ref): pk for edition, ref, pk in Provision.objects.values_list("edition", "ref", "pk")}


def headline(day: date) -> str:
    """The edition of the minimum practices that is in force on a day, for the foot of each page."""
    for instrument in instruments():
        found = catalogue.edition_for(instrument, day)
        if found and any(provision.kind == "practice" for provision in found.edition.provisions):
            since = found.edition.effective_from
            return f"{instrument.short}, edition of {since.day} {since:%B %Y}"
    return ""
