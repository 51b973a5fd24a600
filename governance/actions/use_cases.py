"""A case's own steps outside of a review: sending it in, giving it up, stopping it, letting it resume, retiring it."""

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance import risk
from governance.actions import holds
from governance.actions.compliance import check_soon
from governance.actions.lanes import close_open_lanes
from governance.actions.steps import end_round, locked, require, take
from governance.left_out import GROUNDS
from governance.models import Review, Suspension
from governance.reads import gates, rounds, verbs
from registry import classify, editions
from registry.actions.use_cases import file_revision, name_edition
from registry.lifecycle import edge
from registry.models import Revision, UseCase

STATEMENT = (
    "I have read these answers. To the best of my knowledge they describe the use of AI as it is today, and "
    "nothing that would change a reviewer's judgment was left out."
)


@transaction.atomic
def submit(use_case: UseCase, *, actor: User, statement: str, opened_on: int) -> Review:
    """File the newest revision, effective today, and open a review round bound to it.

    `opened_on` is the revision number the answers were checked at: Stale when the case has moved on since.
    Refused while an answer is missing (OMB 2025 reporting guidance, section 5).
    """
    use_case = locked(use_case)
    verb = verbs.submit_verb(use_case)
    require(verb, actor, use_case)
    if use_case.revision_number != opened_on:
        raise Stale("The answers were changed after you checked them. Check them once more; nothing was sent.")
    if not statement.strip():
        raise Refused("Sign the statement to send the case.")
    asked = gates.open_request(use_case)
    return open_round(
        use_case, verb, actor=actor, statement=statement, why="submitted for review",
        wanted_stage=asked.stage if asked else "",
    )  # fmt: skip


def open_round(
    use_case: UseCase, verb: str, *, actor: User, statement: str, why: str, wanted_stage: str = "", reason: str = ""
) -> Review:
    """File the newest revision, open a round bound to it and move the case along the edge `verb` names."""
    act = uuid.uuid4()
    name_edition(use_case, actor=actor)
    file_revision(use_case, actor=actor, why=why, act=act)
    last = Review.objects.filter(use_case=use_case).aggregate(top=Max("round"))["top"] or 0
    revision = Revision.objects.get(use_case=use_case, number=use_case.revision_number)
    counting = editions.counting(revision)
    review = Review.objects.create(
        use_case=use_case,
        round=last + 1,
        revision=revision,
        risk=risk.rank(counting, classify.suggest(counting, classify.in_force(timezone.localdate()))),
        submitted_by=actor,
        statement=statement.strip(),
        wanted_stage=wanted_stage,
    )
    data: dict[str, object] = {"round": review.round, "revision": use_case.revision_number}
    data |= {"stage": wanted_stage} if wanted_stage else {}
    end_suspension(use_case, actor=actor, how=edge(verb).target)
    take(use_case, verb, actor=actor, act=act, data=data, reason=reason, suspended_from="")
    holds.look_at(use_case, actor=actor, act=act)
    check_soon(use_case, actor=actor)
    return review


@transaction.atomic
def withdraw(use_case: UseCase, *, actor: User, reason: str, ground: str = "") -> None:
    """Take the case out of the registry's work; the reason stays in the log. Ends a running round.

    `ground` is one of `left_out.GROUNDS`, by which the log of what was left out is read.
    """
    use_case = locked(use_case)
    if ground and ground not in GROUNDS:
        raise Refused("Choose why it is withdrawn.")
    require("withdraw", actor, use_case)
    act = uuid.uuid4()
    review = rounds.open_round(use_case)
    if review:
        close_open_lanes(review, actor=actor, act=act)
        end_round(review, "withdrawn")
    take(use_case, "withdraw", actor=actor, act=act, blocked=guards.reasons_given(reason), reason=reason.strip(),
         data={"ground": ground} if ground else {})  # fmt: skip


@transaction.atomic
def suspend(use_case: UseCase, *, actor: User, reason: str, to_mend: str = "") -> None:
    """Stop a use that does not comply; the status it had is kept for resuming.

    `to_mend` says what has to be mended first; without it that is what the reason names.
    """
    use_case = locked(use_case)
    acting_for = require("suspend", actor, use_case)
    data = {"to_mend": to_mend.strip()} if to_mend.strip() else {}
    take(use_case, "suspend", actor=actor, act=uuid.uuid4(), blocked=guards.reasons_given(reason),
         reason=reason.strip(), suspended_from=use_case.status, acting_for=acting_for, data=data)  # fmt: skip
    Suspension.objects.create(
        use_case=use_case, reason=reason.strip(), to_mend=to_mend.strip(), suspended_by=actor, suspended_for=acting_for
    )


@transaction.atomic
def resume(use_case: UseCase, *, actor: User, reason: str) -> None:
    """Give a suspended case back the status it had; `reason` says how what stopped it was mended."""
    use_case = locked(use_case)
    verb = verbs.resume_verb(use_case)
    acting_for = require(verb, actor, use_case)
    blocked = guards.reasons_given(reason, "Say how what stopped it was mended.")
    take(
        use_case, verb, actor=actor, act=uuid.uuid4(), blocked=blocked, reason=reason.strip(), suspended_from="",
        acting_for=acting_for,
    )  # fmt: skip
    end_suspension(use_case, actor=actor, how=use_case.status, mended=reason, acting_for=acting_for)


def end_suspension(use_case: UseCase, *, actor: User, how: str, mended: str = "", acting_for: str = "") -> None:
    """The record of a suspension ends with the status it led to."""
    Suspension.objects.filter(use_case=use_case, ended_at=None).update(
        ended_at=timezone.now(), ended_by=actor, ended_for=acting_for, ended_how=how, mended=mended.strip()
    )


@transaction.atomic
def retire(use_case: UseCase, *, actor: User, reason: str = "") -> None:
    """Follow the reported stage; files the revision that reports it, so that the case is reported once more."""
    use_case = locked(use_case)
    require("retire", actor, use_case)
    act = uuid.uuid4()
    if use_case.has_unfiled_changes:
        file_revision(use_case, actor=actor, why="retired", act=act)
    filed = (use_case.filed_document or {}).get("answers", {})
    blocked = guards.stage_retired(filed.get("development_stage") or "")
    take(use_case, "retire", actor=actor, act=act, blocked=blocked, reason=reason.strip())
    end_suspension(use_case, actor=actor, how=use_case.status)
