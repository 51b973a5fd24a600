"""What leaves the portal as a list is recorded: which question, how many rows, how many of them restricted."""

from django.db import transaction

from accounts.models import User
from audit.log import Subject, record


@transaction.atomic
def record_export(
    file_format: str, *, query: str, columns: list[str], rows: int, restricted: list[str], actor: User
) -> None:
    """One event for each file made of the list; `restricted`: the IDs of the restricted cases in it."""
    subject = Subject("list", "use_cases", f"{rows} use case{'' if rows == 1 else 's'} as {file_format.upper()}")
    data = {
        "format": file_format, "query": query, "columns": columns, "rows": rows,
        "restricted": len(restricted), "use_cases": restricted,
    }  # fmt: skip
    record("list.exported", subject, actor=actor, data=data)
