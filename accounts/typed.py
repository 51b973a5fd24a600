"""What the type checker cannot see of Django's forms and requests, said once."""

from typing import Any, cast

from django.forms import BaseForm
from django.http import HttpRequest

from accounts.models import User


def the_field(form: BaseForm, name: str) -> Any:
    """A form's field by name, as its own kind: choices, querysets and labels are not a plain field's."""
    return form.fields[name]


def signed_in(request: HttpRequest) -> User:
    """Who asks. Nobody else comes this far: `LoginRequiredMiddleware` sends the others to sign in."""
    return cast(User, request.user)
