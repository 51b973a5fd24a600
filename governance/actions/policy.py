"""The catalogue's acts: signing the status of an edition, trying out a draft before it takes effect."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused
from governance.actions import jobs
from governance.actions.compliance import start_run
from governance.compliance import in_force
from governance.compliance.checks import ACCEPTED
from governance.compliance.simulate import Changed, simulate
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import Simulation
from governance.nudge import nudge
from governance.permissions.policy import sign_refusals, try_refusals
from registry import catalogue, questionnaire
from registry.models import Edition, EditionStatus
from registry.yaml_source import SourceError

SHORTEST = 10  # characters of a source: enough to name a document
LARGEST = 1_000_000  # bytes of a draft; the longest edition has some 40,000


@transaction.atomic
def sign_status(edition: Edition, *, actor: User, status: str, from_on: date, source: str) -> EditionStatus:
    """Sign, with the source, that an edition is in force, superseded, withdrawn or disputed from a day on.

    The list is append-only: what is signed stands after the files' entries, and is corrected by signing again. While
    an instrument is only disputed, its provisions are advisory (design section 3). Refused to anyone but the Chief
    AI Officer, without a source, and for a day before the edition took effect.
    """
    if reasons := sign_refusals(actor):
        raise Refused(*reasons)
    if status not in catalogue.STATUSES:
        raise Refused(f"A status is one of {', '.join(catalogue.STATUSES)}.")
    if len(source.strip()) < SHORTEST:
        raise Refused("Name the source: the document that says so, with its date.")
    if from_on < edition.effective_on:
        raise Refused(f"The edition takes effect on {edition.effective_on:%-d %B %Y}; its status begins then or later.")
    first = Edition.objects.get(instrument=edition.instrument_id, effective_on=edition.effective_on, reading=1)
    entry, is_new = EditionStatus.objects.get_or_create(
        edition=first, status=status, from_on=from_on, recorded_on=timezone.localdate(), signed_by=actor,
        defaults={"source": source.strip(), "signed_as": "Chief AI Officer"},
    )  # fmt: skip
    if is_new:
        data = {"status": status, "from": from_on, "source": entry.source}
        record("edition.status_signed", first, actor=actor, data=data)
        start_run(actor=actor)
    return entry


# -- what-if ----------------------------------------------------------------------------------------


def draft_of(path: Path) -> catalogue.Edition:
    """Read a draft edition with the same strictness as a loaded one. Raises Refused with file, line and reason."""
    try:
        return catalogue.read_draft(path, questionnaire.fields(), ACCEPTED)
    except SourceError as error:
        raise Refused(str(error).replace(f"{path.parent}/", "")) from error


def try_out(draft: catalogue.Edition, as_of: date) -> dict[str, Changed]:
    """What the draft would change for the registry as of a day; nothing is written."""
    clocks = Clocks(as_of)
    instruments = in_force.with_signed(in_force.instruments())
    return simulate(snapshots(scope(), clocks), instruments, draft, as_of)


@transaction.atomic
def request_simulation(*, actor: User, name: str, text: str, as_of: date) -> Simulation:
    """Have a draft edition tried out by a worker. Refused as a whole when the file is wrong, with line and reason."""
    if reasons := try_refusals(actor):
        raise Refused(*reasons)
    if as_of > timezone.localdate():
        raise Refused("The cases are taken as of today or an earlier day.")
    with _file(name, text) as path:
        draft = draft_of(path)
    made = Simulation.objects.create(
        name=name[:200], text=text, instrument=draft.instrument[:60], title=draft.title[:300],
        effective_on=draft.effective_from, as_of=as_of, requested_by=actor,
    )  # fmt: skip
    record("simulation.requested", made, actor=actor, data={"instrument": draft.instrument, "as_of": as_of})
    nudge("governance.simulate", str(made.uuid))
    return made


def perform_simulation(uuid: UUID | str) -> Simulation | None:
    """Try a draft out for one row; None when it is done, or another worker has it."""
    pk = Simulation.objects.filter(uuid=uuid).values_list("pk", flat=True).first()
    row = jobs.claim(Simulation, pk) if pk else None
    if row is None:
        return None
    try:
        with _file(row.name, row.text) as path:
            draft = draft_of(path)
    except Refused as refused:  # the questionnaire or the checks changed since it was asked for
        jobs.fail(row, str(refused))
        return None
    found = try_out(draft, row.as_of)
    titles = {provision.ref: provision.title for provision in draft.provisions}
    jobs.finish(row, result={ref: _as_row(titles.get(ref, ""), one) for ref, one in found.items()})
    return row


def _as_row(title: str, changed: Changed) -> dict[str, object]:
    return {
        "title": title, "newly_failing": changed.newly_failing, "newly_passing": changed.newly_passing,
        "unchanged": changed.unchanged, "not_evaluated": changed.not_evaluated,
    }  # fmt: skip


@contextmanager
def _file(name: str, text: str) -> Iterator[Path]:
    """The text as a file of its own name, so that an error names it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "draft.yaml")
        path.write_text(text, encoding="utf-8")
        yield path
