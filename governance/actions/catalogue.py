"""Loading everything in `fixtures/` but the demonstration: the organisation, its boards, and the catalogue."""

from pathlib import Path

from django.db import transaction

from accounts.models import Agency, Component, Office, User
from audit.workflow import Refused
from governance.compliance.checks import ACCEPTED
from governance.models import Board
from registry import crosswalk, organization
from registry.actions.catalogue import Loaded, load_catalogue
from registry.models import Provision
from registry.yaml_source import SourceError


@transaction.atomic
def load_all(fixtures: Path, *, actor: User) -> Loaded:
    """Load the organisation files and the catalogue; what administrators changed since (endorsement) stays."""
    done = Loaded()
    for path in sorted((fixtures / "organization").glob("*.yaml")):
        try:
            _organization(organization.load(path), done)
        except SourceError as error:
            raise Refused(str(error)) from error
    catalogue = load_catalogue(fixtures, actor=actor, checks=ACCEPTED)
    _check_crosswalks(fixtures)
    done.loaded += catalogue.loaded
    done.unchanged += catalogue.unchanged
    done.refused += catalogue.refused
    return done


def _check_crosswalks(fixtures: Path) -> None:
    """A crosswalk names provisions and outcomes that are there."""
    refs = set(Provision.objects.values_list("ref", flat=True))
    try:
        for path in sorted((fixtures / "rules").glob("crosswalk-*.yaml")):
            crosswalk.check(crosswalk.load(path), refs)
    except SourceError as error:
        raise Refused(str(error)) from error


def _organization(source: organization.Organization, done: Loaded) -> None:
    agency, is_new = Agency.objects.update_or_create(
        code=source.agency.code, defaults={"name": source.agency.name, "public_mailbox": source.agency.public_mailbox}
    )
    for part in source.components:
        switches = {"is_endorsement_required": part.is_endorsement_required, "is_caio_office": part.is_caio_office}
        Component.objects.update_or_create(
            agency=agency, code=part.code, defaults={"name": part.name}, create_defaults={"name": part.name, **switches}
        )
    for office in sorted(source.offices, key=lambda one: bool(one.part_of)):  # a whole before its parts
        component = Component.objects.filter(agency=agency, code=office.component).first() if office.component else None
        columns = {"name": office.name, "signs_for": office.signs_for, "is_advisory": office.is_advisory}
        whole = Office.objects.get(agency=agency, code=office.part_of) if office.part_of else None
        defaults = {**columns, "component": component, "part_of": whole}
        Office.objects.update_or_create(agency=agency, code=office.code, defaults=defaults)
    for body in source.bodies:
        if body.quorum:
            defaults = {"agency": agency, "name": body.name, "quorum": body.quorum}
            Board.objects.update_or_create(code=body.code.lower(), defaults=defaults)
    (done.loaded if is_new else done.unchanged).append(f"organization/{source.slug}")
