"""What leaves the portal as a list is recorded: which question, how many rows, and every restricted case in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.log import Entry, Subject, record, record_many


@transaction.atomic
def record_export(
    file_format: str,
    *,
    query: str,
    columns: list[str],
    rows: int,
    restricted: Sequence[str],
    answers: Mapping[str, list[str]],
    actor: User,
) -> None:
    """One event for each file made of the list, and one for each case with something restricted that left in it.

    `restricted`: the IDs of restricted cases; `answers`: by ID the restricted answers that stand open in the file.
    """
    subject = Subject("list", "use_cases", f"{rows} use case{'' if rows == 1 else 's'} as {file_format.upper()}")
    data = {
        "format": file_format, "query": query, "columns": columns, "rows": rows,
        "restricted": len(restricted), "with_restricted_answers": len(answers),
    }  # fmt: skip
    event = record("list.exported", subject, actor=actor, data=data)
    taken = {"list": query, "format": file_format}
    entries = [Entry("use_case.viewed", _case(one), data=taken) for one in restricted]
    record_many([*entries, *_answers(answers, taken)], actor=actor, act=event.act)


@transaction.atomic
def record_shown(answers: Mapping[str, list[str]], *, path: str, actor: User) -> None:
    """The restricted answers a page of the list showed; nothing where there are none."""
    record_many(_answers(answers, {"path": path}), actor=actor)


def _answers(answers: Mapping[str, list[str]], data: dict[str, Any]) -> list[Entry]:
    return [
        Entry("use_case.answers_viewed", _case(one), data=data | {"fields": fields}) for one, fields in answers.items()
    ]


def _case(use_case_id: str) -> Subject:
    return Subject("use_case", use_case_id, timeline=use_case_id)
