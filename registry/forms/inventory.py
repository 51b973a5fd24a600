"""Forms for inventory files: the upload, and what to export."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.typed import the_field
from registry.actions.inventory.export import AUDIENCES, FORMATS
from registry.actions.inventory.files import all_layouts
from registry.forms import DateInput
from registry.inventory.kinds import MAX_BYTES
from registry.inventory.schema import Layout
from registry.models import Cycle

YEARS = range(2020, 2101)


class _DayField(forms.DateField):
    """A day that has come."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DateInput(), required=False, **options)

    def clean(self, value: Any) -> Any:
        """Facts cannot count from a day to come, and nobody can look at one."""
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError("This day lies in the future. Choose today or an earlier day.")
        return day


class ImportForm(forms.Form):
    """A file, and from when it counts; the file itself says the rest."""

    file = forms.FileField(
        label="Inventory file",
        widget=forms.FileInput,
        help_text="An Excel workbook (.xlsx) or a CSV file in OMB’s or DHS’s layout of 2023, 2024 or 2025, or your "
        "own in these instruments. You see what it would change before anything is imported.",
    )
    cycle = forms.IntegerField(
        label="Reporting year",
        required=False,
        min_value=YEARS[0],
        max_value=YEARS[-1],
        help_text="Leave it empty to take the year of the file’s layout.",
    )
    effective_on = _DayField(
        label="Counts from",
        help_text="Leave it empty for the day the year’s inventory was published. An earlier file never changes what "
        "counts later.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {layout.year: layout.published_on for layout in all_layouts().values()}
        days = "; ".join(f"{year}: {day.day} {day:%B %Y}" for year, day in sorted(known.items()))
        self.fields["effective_on"].help_text += f" ({days})"

    def clean_file(self) -> Any:
        """A file too large to be an inventory is not read at all."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
        return file


class ExportForm(forms.Form):
    """Which inventory, in whose words, for whom."""

    cycle = forms.TypedChoiceField(label="Reporting year", coerce=int)
    layout = forms.ChoiceField(label="Layout")
    audience = forms.ChoiceField(
        label="For",
        choices=[("omb", "OMB (every use case)"), ("public", "The public (nothing withheld or restricted)")],
    )
    format = forms.ChoiceField(label="As", choices=[(name, name.upper()) for name in FORMATS])
    as_of = _DayField(label="As it counts on", help_text="Today, unless you choose a day.")
    without_ids = forms.BooleanField(required=False, label="Leave the IDs out (public files only)")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = all_layouts()
        opened = Cycle.objects.filter(agency__code=settings.PORTAL_AGENCY).values_list("year", flat=True)
        years = sorted({*opened, *(layout.year for layout in known.values())}, reverse=True)
        the_field(self, "cycle").choices = [(year, str(year)) for year in years]
        names = sorted(known, reverse=True)  # OMB's own first
        the_field(self, "layout").choices = [(name, known[name].instrument) for name in names]
        assert {code for code, _ in the_field(self, "audience").choices} == set(AUDIENCES)

    def clean(self) -> dict[str, Any]:
        """OMB matches cases from year to year by their ID: only the public can do without."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("without_ids") and given.get("audience") != "public":
            self.add_error("without_ids", "OMB needs the IDs. Leave them out of the public file only.")
        return given

    def clean_layout(self) -> Layout:
        """The column table itself."""
        return all_layouts()[self.cleaned_data["layout"]]
