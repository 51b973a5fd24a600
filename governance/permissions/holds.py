"""Who speaks on a hold, who reopens one or puts it to the Board, who confirms that a use is stopped."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from accounts.models import Office, Role
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance.models import Hold, HoldWord, Lane, StopOrder
from governance.permissions.authorship import authors, recused
from governance.permissions.office import Seat, offices_of, seat
from registry.models import UseCase
from registry.permissions import is_responsible, visible_to

CONFIRMS = "CISO"  # sees by the authorization and the network whether something still runs
OVERSEE = (Role.CAIO, Role.DEPUTY_CAIO)


def can_see_holds(user: Any) -> bool:
    """The list is for who speaks, decides, oversees, or works on cases; each sees the cases that exist for them."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide or bool(offices_of(user))


def oversees(user: Any) -> bool:
    """Who has the list in the menu without an office; the Board finds it on its page, others under Compliance."""
    return standing(user).has(*OVERSEE)


def holds_visible_to(user: Any) -> QuerySet[Hold]:
    """Holds of the cases that exist for the person."""
    return Hold.objects.filter(use_case__in=visible_to(user).values("pk"))


def to_answer(user: Any) -> QuerySet[Hold]:
    """Open holds on which an office of the person's has still to speak; one query, as every page's menu asks it."""
    spoken = HoldWord.objects.filter(hold=OuterRef(OuterRef("pk")), office=OuterRef("pk"), replaced_at=None)
    asked = ExpressionWrapper(OuterRef("offices"), output_field=ArrayField(CharField()))
    mine = Office.objects.filter(pk__in=offices_of(user), agency=OuterRef("use_case__agency")).annotate(asked=asked)
    silent = mine.filter(asked__contains=[F("code")]).exclude(Exists(spoken))  # type: ignore[misc]  # a JSON lookup by an expression
    return holds_visible_to(user).filter(Exists(silent), state=Hold.State.OPEN)


def to_confirm(user: Any) -> QuerySet[StopOrder]:
    """Uses reported stopped that wait for an office of the person's to confirm it."""
    rows = StopOrder.objects.filter(state=StopOrder.State.REPORTED, use_case__in=visible_to(user).values("pk"))
    own = Office.objects.filter(pk__in=offices_of(user), code=CONFIRMS)
    return rows.filter(use_case__agency__in=own.values("agency"))


# -- speaking ---------------------------------------------------------------------------------------


def place(user: Any, hold: Hold, office: Office) -> Seat:
    """As whom the person speaks for the office on this hold, or why not: an office's own people, delegates and acting
    signers; never an author, somebody recused, or somebody who spoke for another office of the case (design section 4).
    """
    found = seat(user, office, hold.use_case)
    if found.reasons or found.by is None:
        return found
    giver = getattr(found.by, "giver", None)
    reasons = guards.one_office(spoken_for(hold.use_case, user.pk, office))
    if giver is not None:
        reasons += guards.one_office_by_another(str(giver), spoken_for(hold.use_case, giver.pk, office))
    return Seat(found.by, tuple(one.replace("in this round", "in this case") for one in reasons))


def spoken_for(use_case: UseCase, person: int, besides: Office | None = None) -> list[str]:
    """The other offices the person spoke for on the case: in its holds that count, and in its running round."""
    words = HoldWord.objects.filter(hold__use_case=use_case, hold__is_live=True, person=person, replaced_at=None)
    lanes = Lane.objects.filter(review__use_case=use_case, review__ended_at=None)
    lanes = lanes.filter(Q(decided_by=person) | Q(second_reader=person, second_read_at__isnull=False))
    if besides is not None:
        words, lanes = words.exclude(office=besides), lanes.exclude(office=besides)
    codes = words.order_by().values_list("office__code", flat=True)
    return sorted(set(codes.union(lanes.order_by().values_list("office__code", flat=True))))


# -- above the offices ------------------------------------------------------------------------------


def officer_refusals(user: Any, use_case: UseCase) -> list[str]:
    """The Chief AI Officer in person puts a hold to the Board or opens it again; never on a case of their own."""
    if not standing(user).has(Role.CAIO):
        return ["Only the Chief AI Officer puts a hold to the Board or opens it again."]
    ask = "Ask the Board."
    return [*recused(use_case, user), *guards.not_an_author(user.pk, authors(use_case), "judge a hold of", ask)]


def board_refusals(user: Any, use_case: UseCase) -> list[str]:
    """The Board's secretary records what the Board said."""
    if not standing(user).has(Role.BOARD_SECRETARY):
        return ["Only the Board's secretary records what the Board said."]
    return guards.not_an_author(user.pk, authors(use_case), "record an answer on", "Let the chair name somebody else.")


# -- an order to stop -------------------------------------------------------------------------------


def report_refusals(user: Any, order: StopOrder) -> list[str]:
    """Who answers for the case reports that it is stopped."""
    if is_responsible(user, order.use_case):
        return []
    return [f"Only {order.use_case.whom} and those who answer for the case report that it is stopped."]


def confirmer(user: Any, order: StopOrder) -> Seat:
    """Somebody else than who answers for the use confirms that it is stopped: the Chief Information Security Officer's
    people, who see what is connected, or the Chief AI Officer."""
    case = order.use_case
    if user.pk == order.reported_by_id or user.pk in (case.owner_id, case.backup_owner_id):
        return Seat(None, ("You answer for this use or reported it stopped, so somebody else confirms it.",))
    office = Office.objects.filter(agency=case.agency_id, code=CONFIRMS).first()
    found = seat(user, office, case) if office else Seat(None, ())
    if found.by and not found.reasons:
        return found
    if standing(user).has(Role.CAIO):
        ask = f"Ask the {office.name}." if office else "Ask the inventory manager."
        why = [*recused(case, user), *guards.not_an_author(user.pk, authors(case), "confirm the stop of", ask)]
        return Seat(None, tuple(why))
    name = office.name if office else CONFIRMS
    return Seat(None, found.reasons if found.by else (f"Only the {name} or the Chief AI Officer confirms it.",))
