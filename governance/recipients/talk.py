"""Who is told of comments and of evidence that ends. Only people who may read what the mail leads to."""

from accounts.models import Membership, Role, User
from audit.models import Event
from registry.models import Comment, Evidence, UseCase
from registry.permissions import visible_to
from registry.permissions.talk import comments_visible_to

EVIDENCE = ("evidence.expiring", "evidence.infected")
KINDS = ("comment.made", *EVIDENCE)


def recipients(event: Event) -> list[User]:
    """People to be mailed about a comment or a piece of evidence, without the one who acted."""
    if event.kind == "comment.made":
        return _of_comment(event)
    evidence = Evidence.objects.filter(uuid=event.subject_id).select_related("use_case__owner").first()
    if evidence is None:
        return []
    people = _responsible(evidence.use_case)
    return [person for person in people if visible_to(person).filter(pk=evidence.use_case_id).exists()]


def _of_comment(event: Event) -> list[User]:
    """Whom it calls, who wrote in its thread, and for a new thread who answers for the case."""
    rows = Comment.objects.select_related("use_case__owner", "use_case__backup_owner")
    comment = rows.filter(uuid=event.subject_id, retracted_at=None).first()
    if comment is None:
        return []
    people = set(comment.mentions.all())
    if comment.in_reply_to_id is None:
        people |= set(_responsible(comment.use_case))
    else:
        thread = Comment.objects.filter(pk=comment.in_reply_to_id) | Comment.objects.filter(
            in_reply_to=comment.in_reply_to_id
        )
        people |= {row.recorded_by for row in thread.select_related("recorded_by")}
    told = [one for one in people if one.pk != event.actor_id and one.is_active and not one.is_system]
    readers = [one for one in told if comments_visible_to(one).filter(pk=comment.pk).exists()]
    return sorted(readers, key=lambda one: one.pk)


def _responsible(use_case: UseCase) -> list[User]:
    """The owner and backup owner; while nobody owns the case, the component's leads."""
    owners = [person for person in (use_case.owner, use_case.backup_owner) if person and person.is_active]
    if owners:
        return owners
    leads = Membership.objects.current().filter(role=Role.COMPONENT_LEAD, component=use_case.component_id)
    return [row.user for row in leads.select_related("user")]


def mail(event: Event) -> tuple[str, str]:
    """The template and the address of a mail about talk or evidence."""
    if event.kind == "comment.made":
        return "comment", f"/use-cases/{event.timeline}/conversation/?show=all#c-{event.subject_id}"
    return "evidence", f"/use-cases/{event.timeline}/evidence/#e-{event.subject_id}"
