"""What components said of common commercial uses, by the actions people use."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Component, Role
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import yaml_source
from registry.actions import cots
from registry.actions.cots import Answer


def answer_cots(folder: Path, cast: Cast) -> None:
    """Leads fill in their lists; the manager settles a figure that does not add up."""
    tree = yaml_source.read(folder / "cots.yaml")
    for row in tree["lists"]:
        _list(row, cast)
    agency = Component.objects.get(agency__code="DHS", code="CBP").agency
    for row in tree["settled"]:
        one = Answer(True, row["products"], band=row["band"])
        with at(timezone.now() - timedelta(days=row["ago"])):
            cots.settle(agency, _year(row), row["code"], one, why=row["why"], actor=cast.one(Role.INVENTORY_MANAGER))


def _year(row: Mapping[str, Any]) -> int:
    return timezone.localdate().year - int(row["year_ago"])


def _list(row: Mapping[str, Any], cast: Cast) -> None:
    place = Component.objects.get(agency__code="DHS", code=row["component"])
    lead = next(one for one in cast.holding(Role.COMPONENT_LEAD) if one.memberships.filter(component=place).exists())
    given = {code: Answer(False) for code in row["unused"]}
    for code, said in row["uses"].items():
        given[code] = Answer(True, said["products"], said.get("users"), band=said.get("band", ""))
    year = _year(row)
    with at(timezone.now() - timedelta(days=row["ago"])):
        cots.answer(place, year, given, attested=row["attested"], actor=lead)
