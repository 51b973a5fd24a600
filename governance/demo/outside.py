"""Lists of other offices, brought in by the manager, and what leads said of their lines, by the actions people use."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Component, Role
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import yaml_source
from registry.actions import outside
from registry.actions.outside_answers import Answer, answer_lines
from registry.models import OutsideLine, OutsideList


def bring_lists(folder: Path, cast: Cast, agency: Agency) -> None:
    """Each list and answer on its day, oldest first: a newer list takes over what was said of the one before."""
    tree = yaml_source.read(folder / "outside.yaml")
    acts = sorted([*tree["lists"], *tree["answers"]], key=lambda row: -int(row["ago"]))
    for row in acts:
        with at(timezone.now() - timedelta(days=row["ago"])):
            if "file" in row:
                _bring(row, folder / "outside" / row["file"], cast, agency)
            else:
                _answer(row, cast, agency)


def _bring(row: Mapping[str, Any], file: Path, cast: Cast, agency: Agency) -> None:
    content, actor = file.read_bytes(), cast.one(Role.INVENTORY_MANAGER)
    day = timezone.localdate()
    brought = outside.bring(agency, row["kind"], content, file.name, name=row["name"], true_on=day, actor=actor)
    outside.take(brought, outside.table_of(content, file.name, row["kind"]).guess, actor=actor)


def _answer(row: Mapping[str, Any], cast: Cast, agency: Agency) -> None:
    place = Component.objects.get(agency=agency, code=row["component"])
    lead = next(one for one in cast.holding(Role.COMPONENT_LEAD) if one.memberships.filter(component=place).exists())
    current = OutsideList.State.CURRENT
    line = OutsideLine.objects.get(name=row["line"], outside_list__kind=row["kind"], outside_list__state=current)
    answer_lines({str(line.uuid): 0}, Answer(row["says"], row["because"]), actor=lead)
