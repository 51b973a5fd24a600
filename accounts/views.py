"""People: who is here, with which roles. An administrator's pages, one's own account, and the demo's sign-in."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from accounts import actions
from accounts.forms import GrantForm, InviteForm
from accounts.models import Component, Membership, User
from accounts.permissions import can_manage_people
from accounts.typed import signed_in
from audit.workflow import Refused

# The ignores below: LoginRequiredMiddleware lets only a User in, which the stubs of request.user cannot know; what a
# cleaned form holds is typed as anything.
TOKEN_LASTS = timedelta(days=90)
LOOPBACK = {"127.0.0.1", "::1"}


def _administrators_only(request: HttpRequest) -> None:
    if not can_manage_people(request.user):
        raise PermissionDenied("Only an administrator of the portal can manage people and roles.")


def people(request: HttpRequest) -> HttpResponse:
    """Who may sign in, and as what?"""
    _administrators_only(request)
    current = Prefetch("memberships", Membership.objects.current().select_related("component", "office"), "current")
    rows = User.objects.filter(is_system=False).prefetch_related(current)
    if query := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=query) | Q(email__icontains=query))
    if request.GET.get("show") == "no-role":
        rows = rows.exclude(pk__in=Membership.objects.current().values("user"))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "query": query})


def invite(request: HttpRequest) -> HttpResponse:
    """Add a person by name and address; the portal mails them a link."""
    _administrators_only(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.invite(**form.cleaned_data, actor=signed_in(request))
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, f"{person.name} was added. Give a role now: without one, nothing can be seen.")
            return redirect("people-detail", person.pk)
    return render(request, "accounts/invite.html", {"form": form})


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Which roles does this person hold and have held?"""
    _administrators_only(request)
    who = get_object_or_404(User, pk=pk, is_system=False)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant(who, actor=signed_in(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{who.name} holds the role from today on.")
            return redirect("people-detail", who.pk)
    memberships = who.memberships.select_related("component", "office").order_by("-starts_on")
    context = {"person": who, "memberships": memberships, "form": form, "today": timezone.localdate()}
    return render(request, "accounts/person.html", context)


@require_POST
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role today."""
    _administrators_only(request)
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
    try:
        actions.end(membership, on=timezone.localdate(), actor=signed_in(request))
        messages.success(request, f"The role ends today: {membership}.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("people-detail", membership.user_id)


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a deactivated person sign in again."""
    _administrators_only(request)
    who = get_object_or_404(User, pk=pk, is_system=False)
    actions.activate(who, actor=signed_in(request))
    messages.success(request, f"{who.name} can sign in again. Roles that ended stay ended.")
    return redirect("people-detail", who.pk)


def components(request: HttpRequest) -> HttpResponse:
    """Which components does a lead endorse for?"""
    _administrators_only(request)
    if request.method == "POST":
        component = get_object_or_404(Component, code=request.POST.get("component", ""))
        required = request.POST.get("required") == "yes"
        actions.set_endorsement(component, required=required, actor=signed_in(request))
        messages.success(
            request, f"{component}: the lead {'endorses' if required else 'does not endorse'} cases first."
        )
        return redirect("people-components")
    return render(request, "accounts/components.html", {"components": Component.objects.select_related("agency")})


def me(request: HttpRequest) -> HttpResponse:
    """What am I here, and how do I sign in?"""
    current = Membership.objects.current().filter(user=request.user.pk).select_related("component", "office")
    return render(request, "accounts/me.html", {"memberships": current})


def tokens(request: HttpRequest) -> HttpResponse:
    """Which programs read with my rights? Make a token (shown once) or end one."""
    fresh = None
    if request.method == "POST" and (key := request.POST.get("end")):
        AuthToken.objects.filter(user=request.user.pk, token_key=key).delete()
        messages.success(request, "The token no longer works.")
        return redirect("people-tokens")
    if request.method == "POST":
        _, fresh = AuthToken.objects.create(user=request.user, expiry=TOKEN_LASTS)
    rows = AuthToken.objects.filter(user=request.user.pk).order_by("-created")
    return render(request, "accounts/tokens.html", {"tokens": rows, "fresh": fresh, "now": timezone.now()})


def _demo_only(request: HttpRequest) -> None:
    if not settings.PORTAL_DEMO or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        raise Http404


@login_not_required
def demo_people(request: HttpRequest) -> HttpResponse:
    """Demonstration only, loopback only: sign in as any of the invented people with one click."""
    _demo_only(request)
    if request.method == "POST":
        who = get_object_or_404(User, pk=request.POST.get("person"), is_fictional=True, is_active=True)
        login(request, who, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    current = Prefetch("memberships", Membership.objects.current().select_related("component", "office"), "current")
    rows = User.objects.filter(is_fictional=True, is_active=True).prefetch_related(current)
    return render(request, "accounts/demo_people.html", {"people": rows})
