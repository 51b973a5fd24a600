"""How allauth meets this portal: no sign-up, access follows an e-mail address an administrator added."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts.models import User


def display(user: User) -> str:
    """The name shown for a person."""
    return user.name or user.email


class AccountAdapter(DefaultAccountAdapter):
    """Local accounts: an administrator invites, nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed: people are added by an administrator."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: only for people an administrator added; a first sign-in gives no role."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never creates a person."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an address nobody added, with a sentence that says whom to ask."""
        email = (sociallogin.user.email or "").strip()
        if sociallogin.is_existing or User.objects.filter(email__iexact=email, is_active=True).exists():
            return
        messages.error(request, f"No account has been set up for {email}. Ask an administrator of the portal.")
        raise ImmediateHttpResponse(redirect("account_login"))
