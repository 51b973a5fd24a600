"""Dates, ages and states in words; the same everywhere."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from registry import questionnaire
from registry.models import UseCase
from registry.reads import label
from registry.reads.signed import whose_word

register = template.Library()


@register.filter
def day(value: date | datetime | str | None) -> str:
    """3 April 2026; an ISO string is read first; nothing gives nothing."""
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return f"{value.day} {value:%B %Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """17 November 2026, 10:42 a.m. (department time)."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{day(local)}, {local.strftime('%I:%M').lstrip('0')} {'a.m.' if local.hour < 12 else 'p.m.'}"


@register.filter
def days_since(value: date | datetime | None) -> int:
    """Whole days from then to today, in the department's time zone."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return (timezone.localdate() - value).days if value else 0


@register.filter
def coded(value: str | None, name: str) -> str:
    """The word for a stage, impact, status, topic or other code."""
    return label(name, value)


@register.filter
def basis(case: UseCase) -> str:
    """Beside an impact: whether an official determined it here, or it is as reported."""
    return whose_word(case.impact, case.signed_impact)


@register.filter
def edition_words(name: str) -> str:
    """What a revision answers: an edition of the questionnaire, or a file in a layout of the inventory."""
    known = questionnaire.named(name)
    return f"edition {known.edition} of the questionnaire" if known else f"a file in the layout {name}"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A mapping's value by a key that is a variable in the template."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag(takes_context=True)
def with_query(context: Any, **changes: Any) -> str:
    """This page's query string with some parameters changed; None drops one. Page links keep the filters."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}" if query else "?"
