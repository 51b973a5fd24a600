"""Loading `fixtures/`: instruments with their editions, and the questionnaire and rule files by edition."""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.log import Subject, record
from audit.workflow import Refused
from registry import catalogue, questionnaire, yaml_source
from registry.actions.questionnaires import changed_since_loaded, check_editions
from registry.models import CatalogueFile, Edition, EditionStatus, Instrument, Provision

FILES = ("questionnaires", "rules", "inventory")


@dataclass
class Loaded:
    """What a load did: new things, things that were there already, and editions that came back changed."""

    loaded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The command's JSON."""
        return asdict(self)


@transaction.atomic
def load_catalogue(fixtures: Path, *, actor: User, checks: Collection[str] | None = None) -> Loaded:
    """Load every edition that is not there yet.

    An edition is immutable: a file whose edition was loaded with another content is refused, and a correction is
    a new edition (design section 3, policy as dated data). Raises Refused when a file cannot be read, names a check
    that is not among `checks`, or drops what filed documents still hold without saying what becomes of it.
    """
    done = Loaded()
    try:
        folder = fixtures / "questionnaires"
        forms = questionnaire.read_all(folder) if folder.is_dir() else ()
        instruments = catalogue.load(fixtures / "policy", questionnaire.fields(), checks)
        check_editions(folder, forms)
    except yaml_source.SourceError as error:
        raise Refused(str(error)) from error
    for instrument in instruments:
        _load_instrument(instrument, done)
    for path in _files(fixtures):
        _load_file(path, done)
    if done.loaded:
        subject = Subject("catalogue", "fixtures", f"{len(done.loaded)} new")
        record("catalogue.loaded", subject, actor=actor, data=done.as_json())
    return done


def _files(fixtures: Path) -> Iterator[Path]:
    for folder in FILES:
        yield from sorted((fixtures / folder).glob("*.yaml"))


def _load_file(path: Path, done: Loaded) -> None:
    tree = yaml_source.read(path)
    is_form = path.parent.name == "questionnaires"
    if is_form and (where := changed_since_loaded(path.stem, tree)):
        done.refused.append(f"{path.parent.name}/{path.stem} ({where})")
        return
    _, is_new = CatalogueFile.objects.get_or_create(
        kind=path.parent.name, name=path.stem, sha256=yaml_source.sha256_of(tree), defaults={"document": _plain(tree)}
    )
    (done.loaded if is_new else done.unchanged).append(f"{path.parent.name}/{path.stem}")


def _load_instrument(source: catalogue.Instrument, done: Loaded) -> None:
    row, _ = Instrument.objects.update_or_create(
        slug=source.slug, defaults={"short": source.short, "title": source.title, "issuer": source.issuer}
    )
    for edition in source.editions:
        _load_edition(row, edition, done)
    for entry in source.statuses:
        EditionStatus.objects.get_or_create(
            edition=row.editions.get(effective_on=entry.edition),
            status=entry.status,
            from_on=entry.effective_on,
            recorded_on=entry.recorded_on,
            defaults={"source": entry.source},
        )


def _load_edition(row: Instrument, source: catalogue.Edition, done: Loaded) -> None:
    name = f"policy/{row.slug}/{source.effective_from}"
    known = Edition.objects.filter(instrument=row, effective_on=source.effective_from).first()
    if known:
        (done.unchanged if known.sha256 == source.sha256 else done.refused).append(name)
        return
    edition = Edition.objects.create(
        instrument=row,
        effective_on=source.effective_from,
        sha256=source.sha256,
        document={
            "title": source.title,
            "note": source.note,
            "is_summary_only": source.is_summary_only,
            "sources": [asdict(item) for item in source.sources],
        },
    )
    Provision.objects.bulk_create(_provision(edition, n, item) for n, item in enumerate(source.provisions))
    done.loaded.append(name)


def _provision(edition: Edition, position: int, source: catalogue.Provision) -> Provision:
    return Provision(
        edition=edition,
        ref=source.ref,
        position=position,
        kind=source.kind,
        title=source.title,
        summary=source.summary,
        is_summary_only=source.is_summary_only,
        check_name=source.check or "",
        details={
            "section": source.section,
            "params": _plain(dict(source.params)),
            "evidence": source.evidence,
            "remedy": source.remedy,
        },
    )


def _plain(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=str))


def edition_label(short: str, effective_on: date) -> str:
    """How an edition is named on pages and in reports."""
    return f"{short}, edition of {effective_on.day} {effective_on:%B %Y}"
