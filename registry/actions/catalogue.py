"""Loading `fixtures/`: instruments with their editions, and the questionnaire and rule files by edition."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
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
def load_catalogue(fixtures: Path, *, actor: User, checks: catalogue.Checks | None = None) -> Loaded:
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
        _load_instrument(instrument, fixtures / "policy" / instrument.slug, done)
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


def _load_instrument(source: catalogue.Instrument, folder: Path, done: Loaded) -> None:
    row, _ = Instrument.objects.update_or_create(
        slug=source.slug, defaults={"short": source.short, "title": source.title, "issuer": source.issuer}
    )
    for edition in source.editions:
        _load_edition(row, edition, folder / f"{edition.key}.yaml", done)
    for entry in source.statuses:
        EditionStatus.objects.get_or_create(
            edition=row.editions.get(effective_on=entry.edition, reading=1),
            status=entry.status,
            from_on=entry.effective_on,
            recorded_on=entry.recorded_on,
            signed_by=None,
            defaults={"source": entry.source},
        )


def _load_edition(row: Instrument, source: catalogue.Edition, path: Path, done: Loaded) -> None:
    name = f"policy/{row.slug}/{source.key}"
    known = row.editions.filter(effective_on=source.effective_from, reading=source.reading).first()
    if known and known.sha256 == source.sha256:
        done.unchanged.append(name)
        return
    if known:
        done.refused.append(f"{name} ({first_difference(known, source, path)})")
        return
    edition = Edition.objects.create(
        instrument=row,
        effective_on=source.effective_from,
        reading=source.reading,
        sha256=source.sha256,
        document={
            "title": source.title,
            "note": source.note,
            "why": source.why,
            "recorded_on": source.recorded_on.isoformat() if source.recorded_on else "",
            "is_summary_only": source.is_summary_only,
            "sources": [asdict(item) for item in source.sources],
        },
    )
    Provision.objects.bulk_create(_provision(edition, n, item) for n, item in enumerate(source.provisions))
    done.loaded.append(name)


def first_difference(known: Edition, source: catalogue.Edition, path: Path) -> str:
    """Where a file first differs from what was loaded under its name, with its line."""
    tree = yaml_source.read(path)
    lines = {item["ref"]: n for n, item in enumerate(tree.get("provisions", [])) if isinstance(item, dict)}
    loaded = {row.ref: row for row in known.provisions.all()}
    for number, item in enumerate(source.provisions):
        was, now = loaded.pop(item.ref, None), _provision(known, number, item)
        where = "is new" if was is None else next(_differences(was, now), "")
        if where:
            return f"line {yaml_source.line_of(tree, f'provisions[{lines.get(item.ref, 0)}]')}: {item.ref}: {where}"
    return f"{next(iter(loaded))} is gone" if loaded else "its head differs"


def _differences(was: Provision, now: Provision) -> Iterator[str]:
    for name in ("kind", "title", "summary", "is_summary_only", "check_name", "position"):
        if getattr(was, name) != getattr(now, name):
            yield f"{name} differs"
    yield from (f"{key} differs" for key, value in was.details.items() if now.details.get(key) != value)


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
            "applies_when": _plain(dict(source.applies_when.tree)),
            "evidence": source.evidence,
            "remedy": source.remedy,
            "owner": source.owner,
            "due_within_days": source.due_within_days,
        },
    )


def _plain(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=str))
