"""The list of use cases, or the queue, as somebody wants it again: filters, search, order, columns under a name."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Subject
from registry import view_places


class SavedView(models.Model):
    """A question to the list, never its rows: whoever opens it sees only what they may see."""

    class Audience(models.TextChoices):
        PRIVATE = "private", "Only me"
        COMPONENT = "component", "My component"
        EVERYBODY = "everybody", "Everybody in the department"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=10, default=view_places.LIST.code, help_text="`registry.view_places`")
    query = models.TextField(blank=True, help_text="query string as `registry.list_query` writes it")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PRIVATE)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(audience="component") & Q(component__isnull=False))
                | (~Q(audience="component") & Q(component=None)),
                name="saved_view_component_fits",
            ),
            models.CheckConstraint(condition=Q(place__in=sorted(view_places.PLACES)), name="saved_view_place_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The list, or the queue, as the view has it."""
        return f"{self.page.url}?view={self.uuid}" + (f"&{self.query}" if self.query else "")

    @property
    def page(self) -> view_places.Place:
        """The page it is a view of."""
        return view_places.PLACES[self.place]

    @property
    def is_shared(self) -> bool:
        """Whether anybody but its author sees it."""
        return self.audience != self.Audience.PRIVATE

    def event_subject(self) -> Subject:
        """How the audit log names this view; a private one keeps its name to itself."""
        return Subject("saved_view", str(self.uuid), self.name if self.is_shared else "a private view")


class ListDefault(models.Model):
    """What a person sees when they open the list: a view, or columns of their own."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="list_default")
    view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")
    columns = models.CharField(max_length=2000, blank=True, help_text="codes of `registry.columns`, with commas")
