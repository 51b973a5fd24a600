"""Words and counts of the compliance pages and reports."""

from typing import Any

from django import template
from django.urls import reverse

from governance.compliance.matrix import Group
from registry.models import Provision

register = template.Library()
TONES = {
    "not_answered": "bad", "in_progress": "wait", "reported": "wait", "evidenced": "good", "verified": "good",
}  # fmt: skip


@register.filter
def not_met_of(group: Group, practice: str) -> int:
    """Cases of the group with this practice not met."""
    return group.not_met_of(practice)


@register.filter
def stands(group: Group, standing: str) -> int:
    """Cases of the group that stand so."""
    return group.count(standing)


@register.filter
def tone(level: str) -> str:
    """The colour word of a level; its symbol and word say the same without colour."""
    return TONES.get(level, "quiet")


@register.filter
def times(number: int, by: int) -> int:
    """A product, for denominators."""
    return number * by


@register.filter
def policy_url(provision: Provision) -> str:
    """Where the catalogue shows a provision."""
    edition: Any = provision.edition
    page = reverse("policy-edition", args=[edition.instrument.slug, edition.key])
    return f"{page}#{provision.ref.replace('/', '-')}"
