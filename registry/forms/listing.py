"""Forms around the list: saving a view, tagging, asking for updates."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Component
from accounts.permissions import standing
from accounts.typed import the_field
from registry.forms import AnswerField, DateInput
from registry.models import SavedView
from registry.permissions.views import audiences

SHARED = "Whoever opens it sees only the cases they may see."


class ViewForm(forms.Form):
    """A view's name and who has it. The choices name the components, so that one field is enough."""

    name = AnswerField(max_length=80, label="Name of the view")
    audience = forms.ChoiceField(label="Who has it", help_text=SHARED)

    def __init__(self, user: Any, data: Any = None, view: SavedView | None = None) -> None:
        start = {"name": view.name, "audience": _choice(view)} if view else None
        super().__init__(data, initial=start)
        self.places = {str(c.pk): c for c in Component.objects.filter(pk__in=standing(user).components)}
        if view and view.component:
            self.places.setdefault(str(view.component.pk), view.component)
        the_field(self, "audience").choices = self._audiences(user)

    def _audiences(self, user: Any) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for value, words in audiences(user):
            if value == SavedView.Audience.COMPONENT:
                found += [(f"component:{pk}", f"Everybody in {place.code}") for pk, place in self.places.items()]
            else:
                found.append((value, words))
        return found

    @property
    def chosen(self) -> dict[str, Any]:
        """Name, audience and component."""
        audience, _, pk = self.cleaned_data["audience"].partition(":")
        return {"name": self.cleaned_data["name"], "audience": audience, "component": self.places.get(pk)}


def _choice(view: SavedView) -> str:
    return f"component:{view.component_id}" if view.component_id else view.audience


class TagForm(forms.Form):
    """One tag or several."""

    tags = AnswerField(
        max_length=200, label="Tags", help_text="One or several, with commas between them. Written in lower case."
    )  # fmt: skip

    def clean_tags(self) -> list[str]:
        """Lower case, single spaces, each once."""
        words = [" ".join(part.lower().split()) for part in self.cleaned_data["tags"].split(",")]
        found = list(dict.fromkeys(word for word in words if word))
        if not found:
            raise forms.ValidationError("Give at least one tag.")
        if long := [word for word in found if len(word) > 40]:
            raise forms.ValidationError(f"A tag has 40 characters at most: {long[0][:60]}")
        return found


class UpdateForm(forms.Form):
    """Until when, and what to look at."""

    due_on = forms.DateField(label="Wanted by", widget=DateInput())
    note = AnswerField(
        required=False, max_length=2000, label="What should they look at?", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands in the mail and on each owner’s home page.",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"due_on": timezone.localdate() + timedelta(days=14)})

    def clean_due_on(self) -> Any:
        """Nobody can do it in the past."""
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("This day is over.")
        return day
