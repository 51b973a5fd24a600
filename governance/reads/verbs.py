"""What a person can do with a case now, and for what they cannot: why not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from accounts.models import Delegation, Role, User
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance import permissions
from governance.lifecycles import PENDING
from governance.models import AgendaItem, Lane, Review
from governance.permissions.authorship import recused
from governance.permissions.office import lanes_open_to
from governance.permissions.standing_in import for_the_lead, for_the_officer, officer_reach
from governance.reads import conditions, gates, holds, lane_verbs, newness, rounds
from registry import editions, lifecycle, tasklist
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import edit_refusals
from registry.permissions.counting import count_refusals

APPROVALS = ("approve", "approve_with_conditions", "reject")
OFFICERS = (*APPROVALS, "return", "refer", "suspend", "resume", "resume_with_conditions", "resume_recorded")
SENDING = (
    "submit", "submit_without_endorsement", "resubmit", "resubmit_without_endorsement", "request_stage",
    "request_stage_without_endorsement",
)  # fmt: skip
GIVING_BACK = (
    "take_request_back", "take_request_back_with_conditions", "decline_stage", "decline_stage_with_conditions",
)  # fmt: skip
JUDGING = ("endorse", "triage", *OFFICERS)  # what somebody who recused themselves keeps out of
DECIDED = frozenset(lifecycle.edge("resubmit").sources)


@dataclass(frozen=True)
class Verb:
    """One act: where to do it, or the reasons why this person cannot."""

    name: str
    label: str
    url: str
    reasons: tuple[str, ...] = ()

    @property
    def is_forward(self) -> bool:
        """Whether it moves the case on; what takes it out or stops it is never a page's main button."""
        return self.name in {"submit", "endorse", "triage", "decide", "sign", "vote", "edit", "resume"}


def submit_verb(use_case: UseCase) -> str:
    """Which of the four ways of submitting is this case's: again or not, with endorsement or without."""
    verb = "resubmit" if use_case.status in DECIDED else "submit"
    return verb if use_case.component.is_endorsement_required else f"{verb}_without_endorsement"


def resume_verb(use_case: UseCase) -> str:
    """Resuming gives back the status the case had."""
    if use_case.suspended_from == Status.APPROVED_WITH_CONDITIONS:
        return "resume_with_conditions"
    return "resume_recorded" if use_case.suspended_from == Status.RECORDED else "resume"


def request_verb(use_case: UseCase) -> str:
    """Asking for a later stage goes to the component lead, or past one where endorsement is switched off."""
    return "request_stage" if use_case.component.is_endorsement_required else "request_stage_without_endorsement"


def before_verb(verb: str, use_case: UseCase) -> str:
    """Taking a request back and declining it give back the status the case had before it asked."""
    asked = gates.open_request(use_case)
    has_conditions = asked is not None and asked.status_before == Status.APPROVED_WITH_CONDITIONS
    return f"{verb}_with_conditions" if has_conditions else verb


def reconsider_verb(use_case: UseCase) -> str:
    """A rejection goes to another than who made it: after a deputy to the Chief AI Officer, else to the Board."""
    decision = gates.standing_decision(use_case)
    is_deputys = decision is not None and decision.decided_as == Role.DEPUTY_CAIO.label
    return "reconsider" if is_deputys and not use_case.component.is_caio_office else "reconsider_at_board"


def role_refusals(verb: str, user: Any, use_case: UseCase) -> list[str]:
    """Why the person's roles do not allow the act; empty when they do. `verb` is one of the transition table."""
    return _ROLES[verb](user, use_case)


def status_refusals(verb: str, use_case: UseCase) -> list[str]:
    """Why the case is not where the act starts."""
    if use_case.status in lifecycle.edge(verb).sources:
        return []
    return [f"The case is “{use_case.get_status_display()}” by now. Reload the page to see who has it."]


def guard_refusals(verb: str, user: Any, use_case: UseCase) -> list[str]:
    """What the record itself has against the act, apart from what a form will hold."""
    if verb in SENDING:
        newest = editions.today() if editions.is_behind(use_case) else None
        return (
            _again_refusals(verb, use_case)
            or guards.in_edition(newest.edition if newest else "")
            or guards.complete(tasklist.missing(editions.of(use_case), use_case.document))
        )
    if verb in JUDGING:
        return recused(use_case, user, *giver_of(verb, user, use_case)) or _judging_refusals(verb, user, use_case)
    if verb == "retire":
        return guards.stage_retired(use_case.document.get("answers", {}).get("development_stage") or "")
    if verb in ("reconsider", "reconsider_at_board"):
        return gates.reconsideration_refusals(use_case)
    return gates.given_before(use_case) if verb in GIVING_BACK else []


def _again_refusals(verb: str, use_case: UseCase) -> list[str]:
    """What a decided case lacks to be sent again: a later stage to ask for, or after a rejection something new."""
    if verb.startswith("request_stage"):
        return [] if gates.next_stages(use_case) else ["The decision covers every stage; there is nothing to ask for."]
    if verb.startswith("resubmit") and use_case.status == Status.REJECTED:
        return newness.refusals(use_case)
    return []


def _judging_refusals(verb: str, user: Any, use_case: UseCase) -> list[str]:
    if verb == "endorse":
        return _endorsement_refusals(user, use_case)
    if verb in APPROVALS:
        return _approval_refusals(verb, user, use_case)
    if verb in ("resume", "resume_with_conditions", "resume_recorded"):
        return guards.former_status(verb, use_case.suspended_from) + holds.resume_words(use_case)
    return []


def refusals(verb: str, user: Any, use_case: UseCase) -> list[str]:
    """All reasons why this person cannot do this now: role first, then where the case stands, then the record."""
    return (
        role_refusals(verb, user, use_case) or status_refusals(verb, use_case) or guard_refusals(verb, user, use_case)
    )


def giver_of(verb: str, user: Any, use_case: UseCase) -> list[User]:
    """For whom the person would do this, when they stand in for a lead or the Chief AI Officer."""
    row = acting_for(verb, user, use_case)
    return [row.giver] if row else []


def acting_for(verb: str, user: Any, use_case: UseCase) -> Delegation | None:
    """The delegation by which the person does this, asked where a case is acted on; None for an own role."""
    if verb == "endorse" or (verb == "return" and use_case.status == Status.SUBMITTED):
        return for_the_lead(user, use_case)
    of_officer = verb in OFFICERS and not (verb == "return" and use_case.status != Status.READY)
    return for_the_officer(user, verb) if of_officer else None


def _endorsement_refusals(user: Any, use_case: UseCase) -> list[str]:
    """A lead who edited what they endorse is refused, and so is who stands in for such a lead."""
    wrote, ask = rounds.authors(use_case), f"Ask another component lead of {use_case.component}."
    reasons = guards.not_an_author(user.pk, wrote, "endorse", ask)
    for giver in giver_of("endorse", user, use_case):
        if giver.pk in wrote:
            reasons.append(f"{giver} wrote or submitted part of this case, so nobody endorses it for them. {ask}")
    return reasons


def _approval_refusals(verb: str, user: Any, use_case: UseCase) -> list[str]:
    review = rounds.open_round(use_case)
    reasons = guards.decided_by_board(use_case.component.is_caio_office, use_case.status == Status.AT_BOARD)
    ask = "Ask the Chief AI Officer or the Board."
    reasons += guards.not_an_author(user.pk, rounds.authors(use_case), "decide", ask)
    reasons += guards.not_a_reviewer(rounds.acted_for(review, user) if review else [])
    reasons += gates.reconsidered_by_another(user, review)
    delegation = for_the_officer(user, verb)
    if delegation:
        reasons += officer_reach(delegation, use_case.impact or "", guards.NOT_HIGH)
        reasons += _giver_refusals(delegation.giver, use_case, review)
    elif not standing(user).has("caio"):
        reasons += guards.deputy_reach(use_case.impact or "")
    if verb != "reject":
        reasons += conditions.blocking_words(use_case, review) + holds.blocking_words(use_case)
    return reasons


def _giver_refusals(giver: User, use_case: UseCase, review: Review | None) -> list[str]:
    """Nobody decides for an officer who could not decide it either."""
    if giver.pk in rounds.authors(use_case) or (review and rounds.acted_for(review, giver)):
        return [f"{giver} wrote part of this case or signed for an office in this round, so nobody decides for them."]
    return []


def lane_refusals(user: Any, lane: Lane) -> list[str]:
    """Why this person cannot decide this lane; empty when they can."""
    return lane_verbs.decide_refusals(user, lane)


def vote_refusals(user: Any, item: AgendaItem) -> list[str]:
    """Why this person may only recuse; empty when they may vote."""
    if aside := recused(item.use_case, user):
        return aside
    ask = "You can recuse yourself."
    authors = guards.not_an_author(user.pk, rounds.authors(item.use_case), "vote on", ask)
    return authors + guards.not_a_reviewer(rounds.acted_for(item.review, user))


Roles = Callable[[Any, UseCase], list[str]]


def _decider(verb: str) -> Roles:
    """Whoever stands where a case is before the Board gets the guard's sentence, not a role's."""
    return lambda user, use_case: permissions.decider_refusals(user, verb)


def _officer(verb: str) -> Roles:
    return lambda user, use_case: permissions.caio_refusals(user, verb)


_ROLES: dict[str, Roles] = {
    "submit": permissions.owner_refusals,
    "submit_without_endorsement": permissions.owner_refusals,
    "resubmit": permissions.owner_refusals,
    "resubmit_without_endorsement": permissions.owner_refusals,
    "retire": permissions.withdraw_refusals,
    "withdraw": permissions.withdraw_refusals,
    "endorse": permissions.lead_refusals,
    "triage": lambda user, use_case: permissions.manager_refusals(user),
    "return": permissions.return_refusals,
    "approve": _decider("approve"),
    "approve_with_conditions": _decider("approve_with_conditions"),
    "reject": _decider("reject"),
    "refer": _decider("refer"),
    "suspend": _decider("suspend"),
    "resume": _officer("resume"),
    "resume_with_conditions": _officer("resume_with_conditions"),
    "resume_recorded": _officer("resume_recorded"),
    "defer": lambda user, use_case: permissions.secretary_refusals(user),
    "request_stage": permissions.owner_refusals,
    "request_stage_without_endorsement": permissions.owner_refusals,
    "take_request_back": permissions.owner_refusals,
    "take_request_back_with_conditions": permissions.owner_refusals,
    "reconsider": permissions.owner_refusals,
    "reconsider_at_board": permissions.owner_refusals,
}


# -- for the case's page ----------------------------------------------------------------------------


def open_verbs(user: Any, use_case: UseCase) -> list[Verb]:
    """Every act that starts where the case stands, each with its address or the reasons why not."""
    found = [_edit(user, use_case)] if use_case.status != Status.WITHDRAWN else []
    if use_case.status in (Status.RECORDED, Status.RETIRED) and use_case.has_unfiled_changes:
        reasons = tuple(count_refusals(user, use_case))
        address = "" if reasons else _to("use_cases-count", use_case)
        found.append(Verb("count", "Let the changes count", address, reasons))
    for name, label, verb, address in _acts(use_case):
        if use_case.status in lifecycle.edge(verb).sources:
            reasons = tuple(_page_refusals(verb, user, use_case))
            found.append(Verb(name, label, "" if reasons else _to(address, use_case), reasons))
    found += _lanes(user, use_case) if use_case.status == Status.IN_REVIEW else []
    found += _board(user, use_case) if use_case.status == Status.AT_BOARD else []
    return found


def _acts(use_case: UseCase) -> list[tuple[str, str, str, str]]:
    again = " again" if use_case.status in DECIDED else ""
    return [
        ("submit", f"Check the answers and send{again}", submit_verb(use_case), "use_cases-check"),
        *_gates(use_case),
        ("endorse", "Endorse or send back", "endorse", "reviews-endorse"),
        ("triage", "Triage", "triage", "reviews-triage"),
        ("decide", "Decide", "refer", "reviews-decide"),
        ("suspend", "Suspend", "suspend", "use_cases-suspend"),
        ("resume", "Let it resume", resume_verb(use_case), "use_cases-resume"),
        ("retire", "Retire", "retire", "use_cases-retire"),
        ("withdraw", "Withdraw", "withdraw", "use_cases-withdraw"),
    ]


def _gates(use_case: UseCase) -> list[tuple[str, str, str, str]]:
    """What a decided case may ask for: a later stage, the end of that request, another look at a rejection."""
    found = []
    if use_case.status in gates.APPROVED and gates.next_stages(use_case):
        found.append(("request", "Ask to pilot or deploy it", request_verb(use_case), "gates-request"))
    if use_case.status in lifecycle.edge("take_request_back").sources and gates.open_request(use_case):
        verb = before_verb("take_request_back", use_case)
        found.append(("take_back", "Take the request back", verb, "gates-take_back"))
    if use_case.status == Status.REJECTED:
        found.append(("reconsider", "Ask for reconsideration", reconsider_verb(use_case), "gates-reconsider"))
    return found


def _page_refusals(verb: str, user: Any, use_case: UseCase) -> list[str]:
    """The check page opens with answers missing (it names them), so only the role bars the way to it."""
    if verb == submit_verb(use_case):
        return role_refusals(verb, user, use_case)
    if verb == request_verb(use_case):  # so does the page of a request: it says what stands in the way
        return role_refusals(verb, user, use_case)
    return refusals(verb, user, use_case)


def _edit(user: Any, use_case: UseCase) -> Verb:
    reasons = tuple(edit_refusals(user, use_case))
    is_over = use_case.status == Status.RETIRED  # then it is nobody's next step
    name, label = ("correct", "Correct an error") if is_over else ("edit", "Change answers")
    return Verb(name, label, "" if reasons else _to("use_cases-tasks", use_case), reasons)


def _lanes(user: Any, use_case: UseCase) -> list[Verb]:
    lanes = Lane.objects.filter(review__use_case=use_case, review__ended_at=None, status__in=PENDING)
    found = []
    for lane in lanes.filter(lanes_open_to(user)).select_related(
        "office", "review__use_case", "second_reader", "proposed_by"
    ):
        is_second = lane.status == Lane.State.SECOND
        reasons = tuple((lane_verbs.second_refusals if is_second else lane_refusals)(user, lane))
        url = "" if reasons else reverse("reviews-lane", args=[lane.uuid])
        label = f"Read second for the {lane.office.name}" if is_second else f"Decide for the {lane.office.name}"
        found.append(Verb("sign", label, url, reasons))
    found = found or [
        Verb("sign", "Sign for an office", "", ("Only reviewers of the offices that are still open can sign.",))
    ]
    if lane_verbs.may_call_in(user, use_case):
        found.append(Verb("call_in", "Call it in for your office", _to("reviews-call_in", use_case)))
    return found


def _board(user: Any, use_case: UseCase) -> list[Verb]:
    item = AgendaItem.objects.filter(use_case=use_case, closed_at=None).first()
    if item and permissions.can_see_board(user):
        return [Verb("vote", "Open the agenda item", reverse("board-item", args=[item.uuid]))]
    return [Verb("vote", "Decide", "", ("The AI Governance Board decides it by a vote.",))]


def _to(name: str, use_case: UseCase) -> str:
    try:
        return reverse(name, args=[use_case.use_case_id])
    except NoReverseMatch:  # a page of another area that this installation does not serve
        return ""
