"""Who may see and edit a case's facts. `visible_to` answers for lists, `can_<verb>` for one case."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import BOARD_ROLES, Role
from accounts.permissions import Standing, standing
from registry.models import ImportBatch, JoinRequest, NeedToKnow, ProposedCorrection, UseCase, UseCaseComponent
from registry.models.use_case import Handling, Status

# Roles that may know of restricted cases by their duty: they run, decide and audit the inventory.
KNOWS_ALL = frozenset({Role.INVENTORY_MANAGER, Role.CAIO, Role.DEPUTY_CAIO, Role.AUDITOR})
# The answers stand still while people look at them.
UNDER_REVIEW = frozenset({Status.SUBMITTED, Status.ENDORSED, Status.IN_REVIEW, Status.READY, Status.AT_BOARD})
# Everything but a case in review, retired or withdrawn: what was rejected or suspended is mended by new answers.
EDITABLE = frozenset(
    {
        Status.DRAFT, Status.RETURNED, Status.RECORDED, Status.APPROVED, Status.APPROVED_WITH_CONDITIONS,
        Status.REJECTED, Status.SUSPENDED,
    }
)  # fmt: skip


def visible_to(user: Any) -> QuerySet[UseCase]:
    """The cases that exist for this person: by component, department-wide role or name, and need to know.

    A draft that was never filed is its component's own affair; only the inventory manager, the CAIO and auditors
    see it besides.
    """
    who = standing(user)
    rows = UseCase.objects.all()
    if who.has(*KNOWS_ALL):
        return rows
    in_part = Exists(UseCaseComponent.objects.filter(use_case=OuterRef("pk"), component__in=who.reads_in))
    by_name = Exists(NeedToKnow.objects.filter(user=user, use_case=OuterRef("pk")))
    reach: Q = Q(in_part) | Q(owner=user) | Q(backup_owner=user) | Q(by_name)
    if who.is_department_wide:
        reach |= ~Q(status=Status.DRAFT)
    if not who.roles:
        return rows.none()
    return rows.filter(reach).filter(~Q(handling=Handling.RESTRICTED) | needs_to_know(user, who))


def needs_to_know(user: Any, who: Standing) -> Q:
    """Owner, backup owner, lead of the owning component, and whoever the case names."""
    # Who signs for an office for a while knows what the office was named for.
    named = Q(user=user) | Q(office__in=who.reviewer_of | who.acting(Role.OFFICE_REVIEWER, "sign"))
    if who.has(*BOARD_ROLES, Role.BOARD_SECRETARY):
        named |= Q(is_board=True)
    listed = Q(Exists(NeedToKnow.objects.filter(named, use_case=OuterRef("pk"))))
    return listed | Q(owner=user) | Q(backup_owner=user) | Q(component__in=who.lead_of)


def can_register(user: Any) -> bool:
    """Program officers and component leads register cases in their components."""
    return bool(standing(user).components)


def can_edit(user: Any, use_case: UseCase) -> bool:
    """The owner, the backup owner, or while nobody owns it the people of its component; never while in review.

    A retired case is locked; the inventory manager corrects an error in what it was reported as.
    """
    if use_case.status == Status.RETIRED:
        return standing(user).has(Role.INVENTORY_MANAGER)
    if use_case.status not in EDITABLE:
        return False
    return is_responsible(user, use_case)


def is_responsible(user: Any, use_case: UseCase) -> bool:
    """Whether the person answers for the case's facts."""
    who = standing(user)
    if user.pk in (use_case.owner_id, use_case.backup_owner_id):
        return use_case.component_id in who.components
    if use_case.component_id in who.lead_of:
        return True
    return use_case.owner_id is None and use_case.component_id in who.officer_of


def edit_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why the person cannot edit, in sentences; empty when they can."""
    if can_edit(user, use_case):
        return []
    if use_case.status == Status.RETIRED:
        return [_LOCKED]
    if is_responsible(user, use_case):
        return [f"The case is “{use_case.get_status_display()}”, so its answers are fixed until that ends."]
    owner = f" The owner is {use_case.owner}." if use_case.owner else ""
    return [f"Only the owner, the backup owner and the {use_case.component} lead can change the answers.{owner}"]


_LOCKED = (
    "The case is retired, so its ID and its answers are locked. Only the inventory manager corrects an error in them."
)


def can_delete_draft(user: Any, use_case: UseCase) -> bool:
    """A draft that never counted may be deleted by those who answer for it."""
    return use_case.status == Status.DRAFT and use_case.filed_number is None and is_responsible(user, use_case)


def can_accept_ownership(user: Any, use_case: UseCase) -> bool:
    """An imported case has no owner until somebody of its component accepts it."""
    return use_case.owner_id is None and use_case.component_id in standing(user).components


def can_import(user: Any) -> bool:
    """Inventory managers import any row, component leads their own component's rows; commands act for the portal."""
    return import_reach(user) is None or bool(import_reach(user))


def import_reach(user: Any) -> frozenset[int] | None:
    """The components whose rows the person may import; None for every one."""
    who = standing(user)
    return None if user.is_system or who.has(Role.INVENTORY_MANAGER) else who.lead_of


def imports_visible_to(user: Any) -> QuerySet[ImportBatch]:
    """Files one may look at: managers, the CAIO and auditors see all, leads their own."""
    if standing(user).has(*KNOWS_ALL):
        return ImportBatch.objects.all()
    return ImportBatch.objects.filter(uploaded_by=user)


def can_confirm(user: Any, batch: ImportBatch) -> bool:
    """A file is confirmed or discarded by whoever read it, or by the inventory manager."""
    return can_import(user) and (import_reach(user) is None or batch.uploaded_by_id == user.pk)


def can_undo(user: Any, batch: ImportBatch) -> bool:
    """An import is undone by whoever imported the file, or by the inventory manager."""
    return can_confirm(user, batch)


def can_export(user: Any) -> bool:
    """Whole-inventory exports leave with the inventory manager, the CAIO, or an auditor."""
    return bool(user.is_system) or standing(user).has(*KNOWS_ALL)


def can_see_left_out(user: Any) -> bool:
    """The log of what was left out is read by those who run, decide and audit the inventory."""
    return standing(user).has(*KNOWS_ALL)


def can_see_corrections(user: Any) -> bool:
    """Those who may have to answer one, and those who oversee it."""
    return bool(standing(user).components) or standing(user).has(*KNOWS_ALL)


def corrections_visible_to(user: Any) -> QuerySet[ProposedCorrection]:
    """Corrections of the cases a person may know of."""
    return ProposedCorrection.objects.filter(use_case__in=visible_to(user).values("pk"))


def can_answer_correction(user: Any, use_case: UseCase) -> bool:
    """Who answers for the case's facts, or the inventory manager, accepts or refuses what a file proposes."""
    if use_case.status == Status.RETIRED:
        return standing(user).has(Role.INVENTORY_MANAGER)
    return standing(user).has(Role.INVENTORY_MANAGER) or is_responsible(user, use_case)


def can_answer_file(user: Any, batch: ImportBatch) -> bool:
    """All corrections of a file at once are the inventory manager's to answer."""
    return standing(user).has(Role.INVENTORY_MANAGER) and imports_visible_to(user).filter(pk=batch.pk).exists()


def answer_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why a person cannot answer a correction of this case, in sentences; empty when they can."""
    if can_answer_correction(user, use_case):
        return []
    if use_case.status == Status.RETIRED:
        return [_LOCKED]
    return [f"Only the owner, the {use_case.component} lead or the inventory manager can answer this."]


def accept_refusals(use_case: UseCase) -> list[str]:
    """Why a correction cannot be accepted now: the answers of a case in review stand still."""
    if use_case.status not in UNDER_REVIEW:
        return []
    return [
        f"The case is “{use_case.get_status_display()}”: its answers are fixed until the review ends. "
        "Accept the correction then, or have the case sent back first."
    ]


def can_read_catalogue(user: Any) -> bool:
    """The catalogue is for whoever holds a role in the components or across them."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide


def people_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why the person cannot change who works on the case and who may know of it; empty when they can."""
    who = standing(user)
    if user.pk == use_case.owner_id and use_case.component_id in who.components:
        return []
    if use_case.component_id in who.lead_of:
        return []
    return [f"Only the owner and the {use_case.component} lead change who works on a case and who may know of it."]


def joins_to_answer(user: Any, *, is_open: bool = True) -> QuerySet[JoinRequest]:
    """Requests to take part in cases whose people the person decides on: owned ones, and those of led components."""
    who = standing(user)
    mine = Q(use_case__owner=user, use_case__component__in=who.components) | Q(use_case__component__in=who.lead_of)
    rows = JoinRequest.objects.filter(mine, use_case__in=visible_to(user).values("pk"))
    return rows.filter(state=JoinRequest.State.OPEN) if is_open else rows


def joins_asked_by(user: Any) -> QuerySet[JoinRequest]:
    """Requests of the person's own components."""
    return JoinRequest.objects.filter(component__in=standing(user).components)


def parts_to_confirm(user: Any) -> QuerySet[UseCaseComponent]:
    """Parts of the person's components in cases of others whose filed answers nobody there has confirmed yet."""
    rows = UseCaseComponent.objects.filter(component__in=standing(user).components, is_owner=False)
    rows = rows.filter(use_case__in=visible_to(user).values("pk"), use_case__filed_number__isnull=False)
    rows = rows.exclude(use_case__status=Status.WITHDRAWN)
    return rows.exclude(confirmed_number=F("use_case__filed_number")).order_by("use_case__use_case_id")
