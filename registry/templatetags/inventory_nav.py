"""The places of the inventory, as far as a person may open them."""

from typing import Any

from django import template
from django.urls import reverse

from registry.permissions import can_export, can_import
from registry.permissions.cots import can_see_cots
from registry.permissions.cycles import can_see_cycles
from registry.permissions.outside import can_see_outside
from registry.permissions.quality import can_see_quality
from registry.permissions.withholding import can_see_withholding

register = template.Library()


@register.inclusion_tag("registry/inventory/_nav.html", takes_context=True)
def inventory_nav(context: Any, here: str) -> dict[str, Any]:
    """The row of links above each place; `here` is the name of the address that is open."""
    user = context["request"].user
    places = [
        ("cycles-list", "Yearly inventory", can_see_cycles(user)),
        ("inventory-imports", "Files", can_import(user) or can_export(user)),
        ("cots-overview", "Common commercial uses", can_see_cots(user)),
        ("quality-overview", "What looks wrong", can_see_quality(user)),
        ("outside-overview", "Lists from outside", can_see_outside(user)),
        ("withholding-overview", "Withheld", can_see_withholding(user)),
    ]
    return {"places": [(reverse(name), words, name == here) for name, words, is_open in places if is_open]}
