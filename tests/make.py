"""Plain builders: each makes one thing with believable, fictional content; tests name only what matters to them."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Component, Membership, Office, Role, User
from registry import document as documents
from registry import questionnaire, tasklist
from registry.actions.use_cases import file_revision, write_revision
from registry.models import SeenUseCaseId, UseCase, UseCaseComponent
from tests.plain_answers import PLAIN

PASSWORD = "fictional people sign in here"
_numbers = itertools.count(9000)
OFFICES = {
    "PRIV": "Privacy Office",
    "CRCL": "Office for Civil Rights and Civil Liberties",
    "CISO": "Chief Information Security Officer",
    "OGC": "Office of the General Counsel",
    "OCPO": "Office of the Chief Procurement Officer",
    "ST": "Science and Technology, Test and Evaluation",
    "RUG": "Responsible Use Group",
}


def agency(code: str = "DHS") -> Agency:
    """The agency; DHS unless told."""
    row, _ = Agency.objects.get_or_create(
        code=code, defaults={"name": "Department of Homeland Security", "public_mailbox": "AI@hq.dhs.gov"}
    )
    return row


def component(code: str = "CBP", **columns: Any) -> Component:
    """A component of the agency."""
    row, _ = Component.objects.get_or_create(
        agency=agency(), code=code, defaults={"name": f"Component {code}", **columns}
    )
    return row


def office(code: str = "PRIV") -> Office:
    """An office that signs."""
    row, _ = Office.objects.get_or_create(agency=agency(), code=code, defaults={"name": OFFICES.get(code, code)})
    return row


def own_office(component_code: str = "CBP", of: str = "PRIV") -> Office:
    """A component's own officer, who does an office's work there."""
    names = {"name": f"{component_code} Privacy Officer", "component": component(component_code), "part_of": office(of)}
    row, _ = Office.objects.get_or_create(agency=agency(), code=f"{component_code}-{of}", defaults=names)
    return row


def person(name: str = "Robin Example", **columns: Any) -> User:
    """A fictional person without a role."""
    email = columns.pop("email", f"{name.lower().replace(' ', '.')}.{next(_numbers)}@example.invalid")
    return User.objects.create(email=email, name=name, is_fictional=True, password="!", **columns)


def member(role: str, name: str = "", *, component_code: str = "", office_code: str = "", **columns: Any) -> User:
    """A fictional person with one role since 2025."""
    who = person(name or f"{Role(role).label} {component_code or office_code}".strip())
    Membership.objects.create(
        user=who,
        role=role,
        component=component(component_code) if component_code else None,
        office=office(office_code) if office_code else None,
        starts_on=columns.pop("starts_on", date(2025, 1, 1)),
        **columns,
    )
    return who


def answers(**changes: Any) -> dict[str, Any]:
    """Everything a plain pre-deployment, not high-impact case has to answer under any edition; `None` removes one."""
    given = {
        "use_case_name": "Invented sorting of test parcels",
        "problem_solved": "Officers sort invented parcels by hand and lose half a day each week.",
        "system_outputs": "A suggested bin for each parcel.",
        "benefits": "Parcels reach the right bench sooner.",
        "contact_email": "parcels@example.invalid",
        "development_stage": "pre_deployment",
        "is_high_impact": "not_high_impact",
        "topic_area": "administrative_functions",
        "classification": "computer_vision",
        "is_withheld": "no",
        "is_ai": "yes",
        "is_ai_reason": "A model trained on pictures suggests the bin.",
        "is_in_scope": "yes",
        "scr_generative_ai": "no",
        "scr_pii": "no",
        "scr_persons_affected": "none",
        "scr_rights_safety": "no",
        "scr_biometrics": "none",
        "scr_law_enforcement": "no",
        "scr_vendor": "no",
        "scr_ato": "held",
        "scr_presumed_categories": ["none"],
        "proh_sole_basis": "no",
        "proh_improper_factors": "no",
        "proh_profiling": "no",
        "proh_surveillance": "no",
        "proh_third_party": "no",
        "proh_other": "no",
    }
    given.update(changes)
    return completed({field: value for field, value in given.items() if value is not None}, set(changes))


def completed(given: dict[str, Any], besides: set[str]) -> dict[str, Any]:
    """With what the edition in force still needs at this stage; `besides` stay as the test set them."""
    form = questionnaire.in_force(timezone.localdate())
    while True:
        left = tasklist.missing(form, documents.with_answers(documents.empty(), given))
        more = {item.field: PLAIN[item.field] for item in left if item.field in PLAIN and item.field not in besides}
        if not more:
            return given
        given = {**given, **more}


DEPLOYED_HIGH_IMPACT: dict[str, Any] = {
    "development_stage": "deployed",
    "is_high_impact": "high_impact",
    "scr_presumed_categories": ["j"],
    "scr_rights_safety": "yes",
    "operational_date": "2024-05-01",
    "contracting_usage": "in_house",
    "have_ato": "yes",
    "system_name_ato": "INVENTED-LX",
    "data_description": "Pictures of invented parcels.",
    "has_pii": "no",
    "demographic_features": ["none"],
    "has_custom_code": "yes",
    "hi_testing_conducted": "yes",
    "hi_assessment_completed": "yes",
    "hi_potential_impacts": "A parcel may wait longer.",
    "hi_independent_review": "caio",
    "hi_ongoing_monitoring": "yes",
    "hi_training_established": "yes",
    "hi_failsafe_presence": "yes",
    "hi_appeal_process": "yes",
    "hi_public_consultation": ["usability_testing"],
}


def deployed_high_impact(**changes: Any) -> dict[str, Any]:
    """Answers of a deployed high-impact case that says yes to every practice."""
    return answers(**{**DEPLOYED_HIGH_IMPACT, **changes})


def use_case(
    *,
    component_code: str = "CBP",
    owner: User | None = None,
    given: dict[str, Any] | None = None,
    filed_on: date | None = None,
    status: str = "draft",
    **columns: Any,
) -> UseCase:
    """A case with one revision; with `filed_on` it is filed. `status` may be draft or recorded, as in life."""
    number = next(_numbers)
    place = component(component_code)
    author = owner or person("Author Example")
    row = UseCase.objects.create(
        use_case_id=columns.pop("use_case_id", f"DHS-{number}"),
        agency=place.agency,
        component=place,
        owner=owner,
        created_by=author,
        status=status,
        **columns,
    )
    SeenUseCaseId.objects.get_or_create(use_case_id=row.use_case_id, agency=place.agency, number=number)
    UseCaseComponent.objects.create(use_case=row, component=place, is_owner=True)
    write_revision(row, documents.with_answers(documents.empty(), answers() if given is None else given), actor=author)
    if filed_on:
        file_revision(row, actor=author, why="made for a test", effective_on=filed_on)
    return UseCase.objects.get(pk=row.pk)
