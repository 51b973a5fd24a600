"""Who works on a case, and who may know of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Membership, Role, User
from accounts.typed import the_field
from registry.actions import handovers, owners
from registry.actions import use_cases as actions
from registry.forms.know import NameForm, RestrictForm, answered
from registry.models import Handover, UseCase
from registry.models.use_case import Handling
from registry.permissions import people_refusals
from registry.reads import know as reads_know
from registry.reads.taking_part import taking_part
from registry.views.shared import attempt, visible_use_case


class PeopleForm(forms.Form):
    """The backup owner, from the case's component, and the handling level."""

    backup_owner = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Nobody", label="Backup owner",
        help_text="Acts for the owner; somebody of the same component, who is asked first.",
    )  # fmt: skip
    team_mailbox = forms.EmailField(
        required=False, label="Team mailbox",
        help_text="Told of what the owner is told of. A restricted case tells people only.",
    )  # fmt: skip
    handling = forms.ChoiceField(
        choices=[
            (Handling.PUBLIC, "Public: nothing in it needs protection"),
            (Handling.INTERNAL, "Internal: the component, the reviewing offices and leadership see it"),
            (Handling.RESTRICTED, "Restricted: only people with need to know; each opening is recorded"),
        ],
        widget=forms.RadioSelect,
        label="Who may know of it",
    )

    def __init__(self, use_case: UseCase, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "backup_owner": use_case.backup_owner_id,
                "handling": use_case.handling,
                "team_mailbox": use_case.team_mailbox,
            },
        )
        roles = (Role.PROGRAM_OFFICER, Role.COMPONENT_LEAD)
        here = Membership.objects.current().filter(role__in=roles, component=use_case.component)
        people = User.objects.filter(pk__in=here.values("user")).exclude(pk=use_case.owner_id or 0)
        the_field(self, "backup_owner").queryset = people


def people(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Who else works on this case, and who may know of it?"""
    use_case = visible_use_case(request, use_case_id)
    if refusals := people_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    form = PeopleForm(use_case, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["handling"] != use_case.handling:
            attempt(request, use_case, actions.set_handling, use_case, given["handling"])
        if given["team_mailbox"] != use_case.team_mailbox:
            attempt(request, use_case, owners.set_team_mailbox, use_case, given["team_mailbox"])
        _backup(request, use_case, given["backup_owner"])
        messages.success(request, "Saved.")
        return redirect("use_cases-people", use_case_id)
    return people_page(request, use_case, form=form)


def people_page(
    request: HttpRequest,
    use_case: UseCase,
    *,
    form: PeopleForm | None = None,
    restrict_form: RestrictForm | None = None,
    name_form: NameForm | None = None,
) -> HttpResponse:
    """The page with its three forms; the one that was sent comes back with what was written."""
    sent = form or restrict_form or name_form
    context = {
        "use_case": use_case,
        "form": form or PeopleForm(use_case),
        "restrict_form": restrict_form or RestrictForm(use_case),
        "has_answers": bool(answered(use_case)),
        "name_form": name_form or NameForm(use_case),
        "sent": sent,
        "together": taking_part(use_case),
        "knowers": reads_know.knowers(use_case),
        "named": reads_know.named(use_case),
    }
    return render(request, "registry/people.html", context, status=400 if sent and sent.errors else 200)


def _backup(request: HttpRequest, use_case: UseCase, person: User | None) -> None:
    """Nobody is removed at once; somebody is asked, and stands in when they accept."""
    if person == use_case.backup_owner:
        return
    if person is None:
        attempt(request, use_case, owners.remove_backup_owner, use_case)
    elif attempt(request, use_case, handovers.offer, [use_case], person, kind=Handover.Kind.BACKUP):
        messages.info(request, f"{person} was asked to stand in. Until they accept, nothing changes.")
