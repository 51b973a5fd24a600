"""Home, one address for every role; each part answers "what waits for me?" for one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import BOARD_ROLES, Role, User
from accounts.permissions import Standing, standing
from governance.permissions.standing_in import sees_gaps
from governance.reads import (
    conditions,
    determine_list,
    figures,
    findings_home,
    gates_home,
    holds,
    home,
    lane_questions,
    left_out,
    queue,
    unsigned,
    waiver_case,
)
from registry.permissions import joins_to_answer, parts_to_confirm
from registry.reads import calls as reads_calls
from registry.reads import people as reads_people
from registry.reads import talk as reads_talk
from registry.reads import updates as reads_updates


def start(request: HttpRequest) -> HttpResponse:
    """What waits for me? A reviewer's answer is the queue itself."""
    user: Any = request.user
    who = standing(user)
    if not who.roles:
        return render(request, "governance/home/none.html")
    if who.roles == {Role.OFFICE_REVIEWER}:
        return redirect("reviews-queue")
    context: dict[str, Any] = {
        "mentions": reads_talk.mentions_of(user),
        "who": who,
        "waiting": queue.waiting(user) if queue.works(user) else 0,
    }
    context["to_answer"] = [(one, True) for one in lane_questions.waiting_for(user)]
    context["queues"] = [queue.queue(user, work) for work in queue.works(user)]
    if who.officer_of or who.lead_of:
        context |= _own(user)
    if who.lead_of or who.has(Role.INVENTORY_MANAGER):
        context |= _cycle(user, who)
    if who.lead_of:
        context["components"] = home.my_components(user)
    if who.has(Role.LEADERSHIP, Role.CAIO, Role.DEPUTY_CAIO, Role.INVENTORY_MANAGER, Role.AUDITOR, *BOARD_ROLES):
        context["standing_figures"] = figures.department(user)
    if who.has(Role.INVENTORY_MANAGER, Role.AUDITOR):
        context["left_out"] = left_out.recent(user)
    if who.has(*BOARD_ROLES, Role.BOARD_SECRETARY):
        context["board"] = home.board(user)
    if who.has(Role.AUDITOR):
        context["auditor"] = home.auditor()
    context |= findings_home.on_home(user, context.get("standing_figures"))
    context["to_determine"] = determine_list.home(user)
    context |= holds.on_home(user)
    if sees_gaps(user):
        context["gaps"] = unsigned.gaps(user)
    if who.has(Role.COMPONENT_LEAD, Role.CAIO, Role.DEPUTY_CAIO):
        context["escalated"] = conditions.escalated_to(user)[: home.MOST]
    context |= gates_home.on_home(user)
    context |= waiver_case.on_home(user)
    context["my_conditions"] = conditions.waiting_for(user)
    if who.has(Role.ADMINISTRATOR):
        context["administrator"] = home.administrator()
    return render(request, "governance/home/home.html", context)


def _own(user: User) -> dict[str, Any]:
    """What waits for who answers for cases."""
    return {
        "todos": home.my_cases(user),
        "asked": reads_people.asked(user),
        "joins": joins_to_answer(user).count(),
        "parts": parts_to_confirm(user).select_related("use_case", "component"),
        "shut_out": home.shut_out(user),
        "updates": reads_updates.asked_of(user),
        "calls": reads_calls.waiting_for(user),
    }


def _cycle(user: User, who: Standing) -> dict[str, Any]:
    """What the yearly inventory asks of who runs it and of who certifies a part."""
    found = reads_calls.running(user)
    if found is None:
        return {}
    told: dict[str, Any] = {"led_parts": reads_calls.led(found, user)}
    if who.has(Role.INVENTORY_MANAGER):
        told |= {"cycle_run": found, "to_countersign": reads_calls.to_countersign(found)}
    return told
