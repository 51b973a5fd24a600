"""Who may see evidence and take part in the conversation about a case; who may be mentioned in it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import BOARD_ROLES, Membership, Role, User
from accounts.permissions import DEPARTMENT_WIDE, standing
from registry.models import Audience, Comment, Evidence, NeedToKnow, UseCase, UseCaseComponent
from registry.models.evidence import EvidenceQuerySet
from registry.models.use_case import Handling, Status
from registry.permissions import KNOWS_ALL, is_responsible, visible_to
from registry.permissions.know import readable_rows

COUNSEL = "OGC"  # code of the Office of the General Counsel
COMPONENT_ROLES = (Role.PROGRAM_OFFICER, Role.COMPONENT_LEAD)


# -- evidence --------------------------------------------------------------------------------------


def evidence_visible_to(user: Any) -> EvidenceQuerySet:
    """Evidence of the cases a person may know of, and none behind an answer they may not read."""
    return readable_rows(user, Evidence.objects.filter(use_case__in=visible_to(user).values("pk")))


def evidence_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Those who answer for the case bring, replace and remove its evidence, whatever its status."""
    if is_responsible(user, use_case):
        return []
    owner = f" The owner is {use_case.owner}." if use_case.owner else ""
    return [f"Only the owner, the backup owner and the {use_case.component} lead change the evidence.{owner}"]


def link_refusals(user: Any, evidence: Evidence) -> list[str]:
    """Restricted material does not leave by a link that can be passed on."""
    if is_restricted(evidence):
        return ["Restricted material is not passed on by a link. People with need to know open it on the case's page."]
    if not evidence.can_be_opened:
        return [unopenable(evidence)]
    return []


def is_restricted(evidence: Evidence) -> bool:
    """Whether it belongs to a restricted case or stands behind a restricted answer: opening it is an event."""
    return evidence.use_case.handling == Handling.RESTRICTED or evidence.field in evidence.use_case.restricted


def unopenable(evidence: Evidence) -> str:
    """Why the content cannot be had now."""
    if evidence.link:
        return "This is a link, not a file. Open it where it leads."
    if evidence.scan == Evidence.Scan.WAITING:
        return "This file waits for the virus scan. It can be opened when the scanner has looked at it."
    if evidence.scan == Evidence.Scan.INFECTED:
        return "A virus was found in this file. Its content was deleted; the record of it stays."
    return "The content of this file was deleted when it was removed. The record of it and its SHA-256 stay."


# -- conversation ----------------------------------------------------------------------------------


def comments_visible_to(user: Any) -> QuerySet[Comment]:
    """Comments a person may read, by the audience of their thread and never beyond the case's own reach.

    Internal: people who hold a role in the component that owns the case, not in one that takes part. Privileged:
    counsel, who began the thread, whom it named, and the owner.
    """
    who = standing(user)
    rows = readable_rows(user, Comment.objects.filter(use_case__in=visible_to(user).values("pk")))
    inside = Q(use_case__component__in=who.components)
    reach = Q(audience=Audience.SHARED) | (Q(audience=Audience.INTERNAL) & inside)
    if is_counsel(user):
        return rows.filter(reach | Q(audience=Audience.PRIVILEGED))
    named = Comment.mentions.through.objects.filter(user=user)
    begun = Q(in_reply_to=None, recorded_by=user) | Q(in_reply_to__recorded_by=user)
    here = named.filter(comment=OuterRef("pk"), comment__in_reply_to=None)
    above = named.filter(comment=OuterRef("in_reply_to"))
    mine = begun | Q(Exists(here)) | Q(Exists(above)) | Q(use_case__owner=user)
    return rows.filter(reach | (Q(audience=Audience.PRIVILEGED) & mine))


def is_counsel(user: Any) -> bool:
    """Whether the person reviews for the Office of the General Counsel today."""
    reviews = Membership.objects.current().filter(user=user, role=Role.OFFICE_REVIEWER)
    return bool(standing(user).reviewer_of) and reviews.filter(office__code=COUNSEL).exists()


def audiences(user: Any, use_case: UseCase) -> list[Audience]:
    """The audiences a person may begin a thread for; nobody writes where they could not read."""
    if comment_refusals(user, use_case):
        return []
    found = [Audience.SHARED, Audience.PRIVILEGED]
    if use_case.component_id in standing(user).components:
        found.insert(1, Audience.INTERNAL)
    return found


def comment_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Whoever may see the case takes part, except somebody who only audits it (design section 4)."""
    if standing(user).roles <= {Role.AUDITOR}:
        return ["Auditors read the record and change nothing, so they do not take part in the conversation."]
    return []


def resolve_refusals(user: Any, comment: Comment) -> list[str]:
    """Who began the thread, or answers for the case, says that it is resolved; in a privileged one also counsel."""
    if comment.recorded_by_id == user.pk or is_responsible(user, comment.use_case):
        return []
    if comment.audience == Audience.PRIVILEGED and is_counsel(user):
        return []
    return [f"Only {comment.recorded_by} and those who answer for the case mark this as resolved."]


def retract_refusals(user: Any, comment: Comment) -> list[str]:
    """A comment is taken back by who wrote it."""
    return [] if comment.recorded_by_id == user.pk else [f"Only {comment.recorded_by} can take this back."]


def viewers(use_case: UseCase, field: str = "") -> QuerySet[User]:
    """Everybody who may see the case: `visible_to` read from the other side, in one query. A test holds them equal.

    With a restricted `field` only those who may read that answer.
    """
    roles = Membership.objects.current().filter(user=OuterRef("pk"))
    parts = UseCaseComponent.objects.filter(use_case=use_case).values("component")
    owners = Q(pk=use_case.owner_id or 0) | Q(pk=use_case.backup_owner_id or 0)
    reach = Q(Exists(roles.filter(role__in=COMPONENT_ROLES, component__in=parts))) | (owners & Q(Exists(roles)))
    reach |= Q(Exists(roles.filter(office__part_of__isnull=False, office__component__in=parts)))
    reach |= Q(pk__in=NeedToKnow.objects.filter(use_case=use_case).exclude(user=None).values("user")) & Q(Exists(roles))
    if use_case.status != Status.DRAFT:
        reach |= Q(Exists(roles.filter(role__in=DEPARTMENT_WIDE, office__part_of=None)))
    if use_case.handling == Handling.RESTRICTED or field in use_case.restricted:
        reach &= _needs_to_know(use_case, roles, owners)
    knows = Q(Exists(roles.filter(role__in=KNOWS_ALL)))
    return User.objects.filter(reach | knows, is_active=True, is_system=False)


def _needs_to_know(use_case: UseCase, roles: Any, owners: Q) -> Q:
    listed = NeedToKnow.objects.filter(use_case=use_case)
    offices = listed.exclude(office=None).values("office")
    found = owners | Q(pk__in=listed.exclude(user=None).values("user"))
    found |= Q(Exists(roles.filter(role=Role.OFFICE_REVIEWER, office__in=offices)))
    found |= Q(Exists(roles.filter(role=Role.COMPONENT_LEAD, component=use_case.component_id)))
    if listed.filter(is_board=True).exists():
        found |= Q(Exists(roles.filter(role__in=[*BOARD_ROLES, Role.BOARD_SECRETARY])))
    return found


def may_be_mentioned(
    use_case: UseCase, audience: str, thread: Comment | None = None, field: str = ""
) -> QuerySet[User]:
    """Whom a comment may call: people who can read it. In a privileged thread only those who are in it already.

    A privileged thread's people are named when it begins: that mention lets them in, so it may go to whoever may see
    the case; a later one may not, or an answer would widen the audience.
    """
    people = viewers(use_case, thread.field if thread else field)
    if audience == Audience.INTERNAL:
        inside = Membership.objects.current().filter(role__in=COMPONENT_ROLES, component=use_case.component)
        return people.filter(pk__in=inside.values("user"))
    if audience == Audience.PRIVILEGED and thread is not None:
        counsel = Membership.objects.current().filter(role=Role.OFFICE_REVIEWER, office__code=COUNSEL)
        let_in = Q(pk__in=counsel.values("user")) | Q(pk__in=[thread.recorded_by_id, use_case.owner_id or 0])
        return people.filter(let_in | Q(pk__in=thread.mentions.values("pk")))
    return people
