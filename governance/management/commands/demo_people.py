"""Say who to sign in as, one line a role."""

from typing import Any

from accounts.models import Membership
from registry.management.base import JsonCommand


class Command(JsonCommand):
    """Lists the invented people with their roles."""

    help = "List the demonstration's people."

    def run(self, **options: Any) -> dict[str, Any]:
        """People by role, the first few of each."""
        rows = (
            Membership.objects.current().filter(user__is_fictional=True).select_related("user", "component", "office")
        )
        return {"people": [{"name": row.user.name, "email": row.user.email, "role": str(row)} for row in rows]}

    def words(self, result: dict[str, Any]) -> str:
        """A table for a terminal: each role once."""
        seen: dict[str, dict[str, str]] = {}
        for row in result["people"]:
            seen.setdefault(row["role"].split(",")[0], row)
        lines = [f"  {row['role']:<34} {row['name']}" for row in seen.values()]
        return "\n".join(["Sign in with one click on the page /demo/ as any of these, for example:", *lines])
