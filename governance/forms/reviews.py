"""Forms of the review: a lane's decision, endorsement, triage, the decision on the case, assigning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from accounts.typed import the_field
from governance import return_reasons
from governance.actions.conflicts import NO_CONFLICT
from governance.forms.determinations import DeterminedMixin
from governance.forms.parts import ConditionsForm, long_text, options
from governance.lifecycles import lane_edge
from governance.models import Determination, Lane
from governance.reads import lane_verbs
from registry import questionnaire
from registry.models import UseCase
from registry.permissions import visible_to

YES_NO = [("yes", "Yes"), ("no", "No")]


def reason_choices(office: str = "") -> list[tuple[str, str]]:
    """The reasons offered for sending back."""
    return [(reason.code, reason.label) for reason in return_reasons.offered(office)]


class ReturnMixin(forms.Form):
    """Tick boxes that write an editable message."""

    office = ""

    def reason_rows(self) -> list[dict[str, Any]]:
        """The reasons with the sentence each writes."""
        sentences = {reason.code: reason.sentence for reason in return_reasons.offered(self.office)}
        return [{**row, "sentence": sentences[row["value"]]} for row in options(self["reasons"])]


class LaneForm(ReturnMixin, ConditionsForm):
    """One office's answer."""

    verb = forms.ChoiceField(label="Decision", widget=forms.RadioSelect, error_messages={"required": "Choose one."})
    reasons = forms.MultipleChoiceField(label="Reasons", required=False, widget=forms.CheckboxSelectMultiple)
    message = long_text("Message", rows=6)
    second_reader = forms.TypedChoiceField(label="Second reader", required=False, coerce=int, empty_value=None)

    no_conflict = forms.BooleanField(
        label=NO_CONFLICT, error_messages={"required": "Say whether you have a conflict of interest."}
    )

    def __init__(
        self, *args: Any, lane: Lane, people: Sequence[User] = (), asks_conflict: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, case=lane.review.use_case, **kwargs)
        if not asks_conflict:  # asked once a round
            del self.fields["no_conflict"]
        self.office = lane.office.code
        self.component = lane.review.use_case.component.code
        labels = {"return": f"Send back to {self.component}"}
        verbs = [(verb, labels.get(verb, lane_edge(verb).label)) for verb in lane_verbs.says(lane)]
        the_field(self, "verb").choices = verbs
        self.people = {person.pk: person for person in people}
        named = [(person.pk, str(person)) for person in people]
        none = [] if lane.second_reader_id in self.people else [("", "Nobody")]
        the_field(self, "second_reader").choices = none + named
        the_field(self, "reasons").choices = reason_choices(self.office)

    def verb_rows(self) -> list[dict[str, Any]]:
        """The four decisions with what each does."""
        hints = {
            "return": "Ends the round for all offices",
            "object": "The round goes on; the decision must answer it",
            "not_applicable": "Nothing here for your office to look at",
            "advise": "Recorded with the case; it stops nothing",
        }
        return options(self["verb"], hints)

    def reader(self) -> User | None:
        """The colleague who was chosen to read it second."""
        return self.people.get(self.cleaned_data["second_reader"] or 0)


class EndorseForm(ReturnMixin):
    """The component lead's answer."""

    verb = forms.ChoiceField(
        label="Your answer",
        widget=forms.RadioSelect,
        choices=[("endorse", "Endorse for the component"), ("return", "Send back to its owner")],
        error_messages={"required": "Choose one."},
    )
    reasons = forms.MultipleChoiceField(label="Reasons", required=False, widget=forms.CheckboxSelectMultiple)
    message = long_text("Message", rows=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        the_field(self, "reasons").choices = reason_choices()

    def verb_rows(self) -> list[dict[str, Any]]:
        """Both answers with what each does."""
        return options(
            self["verb"], {"endorse": "It goes to the inventory manager", "return": "Ends the round, with reasons"}
        )


class TriageForm(forms.Form):
    """The inventory manager's four questions."""

    is_ai = forms.ChoiceField(label="Is it artificial intelligence?", choices=YES_NO, widget=forms.RadioSelect)
    in_scope = forms.ChoiceField(
        label="Is it in the inventory's scope?", choices=YES_NO, widget=forms.RadioSelect,
        help_text="Research and national security systems may be outside of it.",
    )  # fmt: skip
    is_complete = forms.ChoiceField(
        label="Is it complete enough to review?", choices=YES_NO, widget=forms.RadioSelect,
        help_text="No sends it back with the note below.",
    )  # fmt: skip
    duplicate = forms.CharField(
        label="Duplicate of",
        required=False,
        max_length=60,
        help_text="The other case's ID. Leave it empty if there is none.",
    )
    note = long_text("Note", hint="What has to change, or why it does not belong.", rows=3)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_duplicate(self) -> UseCase | None:
        """A duplicate is of a case that exists."""
        given = self.cleaned_data["duplicate"].strip()
        if not given:
            return None
        other = visible_to(self.user).filter(use_case_id__iexact=given).first()
        if other is None:
            raise forms.ValidationError(f"There is no case {given}.")
        return other

    def clean(self) -> dict[str, Any]:
        """What is sent back needs words."""
        given = super().clean() or self.cleaned_data
        if given.get("is_complete") == "no" and not given.get("note", "").strip():
            self.add_error("note", "Say what has to change before it can be reviewed.")
        return given

    def answers(self) -> dict[str, Any]:
        """The arguments of the action."""
        given = self.cleaned_data
        yes = {name: given[name] == "yes" for name in ("in_scope", "is_ai", "is_complete")}
        return {**yes, "duplicate_of": given["duplicate"], "note": given["note"]}


class DecideForm(DeterminedMixin, ReturnMixin, ConditionsForm):
    """The decision on the case with its determination, a referral, or a return."""

    outcome = forms.ChoiceField(label="Decision", widget=forms.RadioSelect, error_messages={"required": "Choose one."})
    rests_on = forms.ChoiceField(label="The impact", required=False, widget=forms.RadioSelect)
    reason = long_text("Reason", hint="In a sentence or two; it stands on the record.", rows=3)
    objections_answered = long_text("Answer to the objection", rows=3)
    question = long_text("Question to the Board", rows=2)
    reasons = forms.MultipleChoiceField(
        label="Reasons for sending back", required=False, widget=forms.CheckboxSelectMultiple
    )
    message = long_text("Message to the owner", rows=4)

    def __init__(
        self, *args: Any, outcomes: dict[str, str], case: UseCase, standing: Determination | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, case=case, **kwargs)
        the_field(self, "outcome").choices = list(outcomes.items())
        the_field(self, "rests_on").choices = _rests(standing)
        the_field(self, "reasons").choices = reason_choices()

    def outcome_rows(self) -> list[dict[str, Any]]:
        """The outcomes with what each does."""
        return options(self["outcome"], {"refer": "Members vote at a meeting", "return": "Ends the round"})

    def rests(self) -> str:
        """The determination the decision rests on; empty when it is determined anew."""
        named = self.cleaned_data["rests_on"]
        return "" if named == "anew" else str(named)

    def rest_rows(self) -> list[dict[str, Any]]:
        """What was determined on this revision already, or determining anew; nothing when nobody did."""
        return options(self["rests_on"])


def _rests(standing: Determination | None) -> list[tuple[str, str]]:
    if standing is None:
        return []
    words = questionnaire.every()["is_high_impact"].words(standing.impact)
    return [
        (str(standing.uuid), f"{words}, as {standing.signer} determined on this revision"),
        ("anew", "Determine anew"),
    ]
