"""Dated records in the demonstration, put on record by the people whose records they are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from governance.actions.records import put_on_record
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import DatedRecord
from registry import yaml_source
from registry.models import UseCase


def put_records(folder: Path, cast: Cast) -> None:
    """A full set, an assessment that waits for its signature, and privacy documents of which one was replaced."""
    for row in yaml_source.read(folder / "records.yaml")["cases"]:
        case = UseCase.objects.select_related("owner", "component").get(is_demo=True, name=row["case"])
        made: dict[str, DatedRecord] = {}
        for given in row["records"]:
            record = _put(case, given, cast, made)
            made[given.get("as", "")] = record


def _put(case: UseCase, given: dict[str, Any], cast: Cast, made: dict[str, DatedRecord]) -> DatedRecord:
    said = dict(given["said"])
    if "reviewer" in given:
        person = _who(case, given["reviewer"], cast)
        said["reviewer"] = {"id": person.pk, "name": person.name}
    then = timezone.now() - timedelta(days=given["days"])
    ends = timezone.localdate() + timedelta(days=given["ends_in"]) if "ends_in" in given else None
    words = {"title": given["title"], "details": said, "expires_on": ends, "about": made.get(given.get("about", "-")),
             "supersedes": made.get(given.get("replaces", "-"))}  # fmt: skip
    with at(then):
        return put_on_record(
            case, given["kind"], effective_on=timezone.localdate(then), actor=_who(case, given["who"], cast), **words
        )


def _who(case: UseCase, name: str, cast: Cast) -> User:
    if name == "owner" and case.owner:
        return case.owner
    if name == "lead":
        return cast.one(Role.COMPONENT_LEAD, component=case.component.code)
    return cast.one(Role.OFFICE_REVIEWER, office=name)
