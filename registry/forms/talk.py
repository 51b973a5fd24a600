"""Forms for evidence and for the conversation."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils import timezone

from accounts.models import User
from accounts.typed import the_field
from registry import file_kinds
from registry.actions.conversation import LONGEST
from registry.actions.evidence import too_large
from registry.forms import AnswerField, DateInput
from registry.models import Audience, Evidence, Practice, UseCase
from registry.reads.talk import marks, question_choices, with_roles
from registry.uploads import MEGABYTE, is_too_large

SAY = {"required": "Write something first."}
WHOLE = "The case as a whole"
AUDIENCE_WORDS = {
    Audience.SHARED: "Shared: everybody who may see the case",
    Audience.INTERNAL: "Internal: only people of the component that owns the case",
    Audience.PRIVILEGED: "Privileged: only counsel (OGC), you, the owner and whom you mention",
}


def supports_choices(use_case: UseCase) -> list[Any]:
    """What evidence can support: the case, a minimum practice, or a question."""
    return [
        ("", WHOLE),
        ("Minimum practices", [(f"practice:{code}", label) for code, label in Practice.choices]),
        *question_choices(use_case, "field:"),
    ]


class EvidenceForm(forms.Form):
    """A file or a link, what it is, what it supports, and its dates."""

    supports = forms.ChoiceField(label="What it supports", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose one"), *Evidence.Kind.choices])
    title = AnswerField(
        label="Title", max_length=300, help_text="As people would ask for it: Report of the field trial"
    )
    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,  # the check of the content says it in better words
        max_length=255,
        widget=forms.FileInput(attrs={"accept": file_kinds.ENDINGS}),
    )
    link = forms.URLField(
        label="Or a link",
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"], message="Give an address that begins with https://")],
        help_text="Where the document is kept, if it stays there",
    )
    dated_on = forms.DateField(label="Date of the document", widget=DateInput())
    expires_on = forms.DateField(
        label="Valid until", required=False, widget=DateInput(), help_text="Leave it empty if it does not run out"
    )

    def __init__(self, use_case: UseCase, *args: Any, replaces: Evidence | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        the_field(self, "supports").choices = supports_choices(use_case)
        for name in ("supports", "file", "link"):
            the_field(self, name).is_answer = True  # not “(optional)”: one of the two
        if replaces:
            del self.fields["supports"]  # the newer one supports what the older one did
        self.fields[
            "file"
        ].help_text = (
            f"At most {settings.EVIDENCE_MAX_MB} MB: {file_kinds.TAKEN} No macros, no password, nothing classified."
        )
        self.fields["file"].widget.attrs["data-max-bytes"] = settings.EVIDENCE_MAX_MB * MEGABYTE
        self.fields["file"].widget.attrs["data-too-large"] = too_large()

    def clean_file(self) -> Any:
        """A file over the limit came without its content."""
        file = self.cleaned_data["file"]
        if file and is_too_large(file):
            raise forms.ValidationError(too_large())
        return file

    def clean_dated_on(self) -> Any:
        """Evidence says what was done."""
        day = self.cleaned_data["dated_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day lies in the future. Give the date that stands on the document.")
        return day

    def clean(self) -> dict[str, Any]:
        """One of the two, and dates in order."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" in given and "link" in given and bool(given["file"]) == bool(given["link"]):
            both = "You gave a file and a link. Keep one of them, and add the other as evidence of its own."
            self.add_error("file", both if given["file"] else "Choose a file, or give a link below.")
        if given.get("dated_on") and given.get("expires_on") and given["expires_on"] < given["dated_on"]:
            self.add_error("expires_on", "It would expire before its own date.")
        return given

    def evidence(self) -> dict[str, Any]:
        """What the action takes."""
        given = {name: self.cleaned_data[name] for name in ("kind", "title", "file", "link", "dated_on", "expires_on")}
        what, _, code = self.cleaned_data.get("supports", "").partition(":")
        return {**given, "file": given["file"] or None, **({what: code} if code else {})}


class RemovalForm(forms.Form):
    """Why a piece of evidence goes."""

    reason = AnswerField(
        label="Why is it removed?", max_length=500, help_text="For example: wrong file, or it belongs to another case."
    )


class CommentForm(forms.Form):
    """What one has to say, about what, and who may read it."""

    text = AnswerField(
        label="Comment",
        max_length=LONGEST,
        error_messages=SAY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Write @ and a full name to mention somebody: @Robin Example. It mails a link, never the text.",
    )
    mention = forms.ChoiceField(label="Mention somebody", required=False)
    field = forms.ChoiceField(label="About", required=False)
    audience = forms.ChoiceField(label="Who may read it", widget=forms.RadioSelect)

    def __init__(
        self, use_case: UseCase, people: list[User], reach: list[Audience], *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        listed = with_roles(people)
        self.people = {str(person.pk): person for person in people}
        choices: Mapping[str, Any] = {
            "mention": [("", "Nobody"), *((str(pk), words) for pk, words in listed)],
            "field": [("", WHOLE), *question_choices(use_case)],
            "audience": [(code.value, AUDIENCE_WORDS[code]) for code in reach],
        }
        for name, rows in choices.items():
            the_field(self, name).choices = rows
            the_field(self, name).is_answer = name != "mention"
        self.fields["mention"].widget.attrs["data-mention"] = "id_text"

    def chosen(self) -> list[User]:
        """Whom the list was used for."""
        picked = self.people.get(self.cleaned_data.get("mention", ""))
        return [picked] if picked else []


class ReplyForm(forms.Form):
    """An answer in a thread; the list offers whom the thread knows, a written @Name reaches whoever may read it."""

    text = AnswerField(max_length=LONGEST, error_messages=SAY)
    mention = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, people: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        the_field(self, "mention").queryset = people

    def chosen(self) -> list[User]:
        """Whom the list was used for."""
        picked = self.cleaned_data.get("mention")
        return [picked] if picked else []


def mark_fields(form: forms.Form, user: Any, use_case: UseCase) -> None:
    """Give each question of a section's form what hangs on it; the field's template shows it."""
    found = marks(user, use_case)
    for name, field in form.fields.items():
        field.talk = {"marks": found.get(name), "use_case_id": use_case.use_case_id}  # type: ignore[attr-defined]  # for its template
