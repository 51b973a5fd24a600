"""Common commercial uses of AI: what each component says of OMB's fixed list, and what the department reports."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Agency, Component, User
from audit.log import Subject
from registry import cots


class CotsUse(models.Model):
    """One fixed use in one reporting year, of a component; without a component what the agency as a whole reports.

    `users` is an estimate of a day; `band` is one that a file reported or a person settled, and stays a band.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, null=True, related_name="cots_uses")
    year = models.PositiveIntegerField(help_text="reporting year")
    code = models.CharField(max_length=4, help_text="the letter of OMB's list")
    is_used = models.BooleanField(null=True)
    products = models.TextField(blank=True)
    users = models.PositiveIntegerField(null=True, help_text="licenses or users, an estimate")
    users_on = models.DateField(null=True, help_text="the day of the estimate")
    band = models.CharField(max_length=20, blank=True, help_text="as reported or settled; empty: from the estimate")
    why = models.CharField(max_length=500, blank=True, help_text="why a person settled this band")
    is_attested = models.BooleanField(default=False, help_text="attested: no high-impact use is among it")
    attested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    attested_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    from_file = models.CharField(max_length=255, blank=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["year", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "component", "year", "code"], name="cots_use_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(is_used=True) | Q(users=None, band=""), name="cots_users_of_a_use"),
        ]

    def __str__(self) -> str:
        return f"{self.code}) {self.component.code if self.component else self.agency.code} {self.year}"

    @property
    def reported_band(self) -> cots.Band | None:
        """The band of this row in its year's list."""
        layout = cots.of_year(self.year)
        return layout.band(self.band) if self.band else layout.band_of(self.users) if self.users else None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing: an answer, and for a use products, a number and the attestation."""
        return self.is_used is not None and not self.lacks

    @property
    def lacks(self) -> tuple[str, ...]:
        """What a use still lacks, in words."""
        if not self.is_used:
            return ()
        wanted = (("products", self.products), ("a number", self.users or self.band), ("attestation", self.is_attested))
        return tuple(words for words, there in wanted if not there)


def subject_of(agency: Agency, component: Component | None, year: int) -> Subject:
    """How the audit log names one list: a component's, or the agency's own."""
    code = component.code if component else agency.code
    return Subject("cots", f"{code}-{year}", f"{code}, common commercial uses {year}", timeline=f"cots:{code}-{year}")
