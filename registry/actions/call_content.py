"""What stands in a workbook of the data call: its stamp, how to fill it in, a row a case."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core import signing

from registry import marking, reads
from registry.inventory import call_book
from registry.inventory.schema import Layout
from registry.models import CallWorkbook, UseCase
from registry.permissions import accept_refusals
from registry.permissions.cycles import change_refusals

SALT = "registry.call-workbook"
WAITS = "The case is “{}”: what you change here waits as a proposal until that ends."


def book_of(
    book: CallWorkbook, cases: Sequence[UseCase], layout: Layout, open_answers: Mapping[int, frozenset[str]]
) -> call_book.Book:
    """The workbook of these cases, their rows cut to its reader already, with its stamp."""
    call = book.call
    stamp = signing.dumps({"workbook": str(book.uuid), "year": call.cycle.year}, salt=SALT)
    title = f"AI use cases of {call.component.code} for the inventory of {call.cycle.year}"
    rows = [_row(case, open_answers[case.pk]) for case in cases]
    return call_book.Book(f"{title}. {settings.PORTAL_MARKING}", _how(book), stamp, layout, rows)


def _row(case: UseCase, open_answers: frozenset[str]) -> call_book.BookRow:
    waits = bool(accept_refusals(case))
    notes = [WAITS.format(case.get_status_display())] if waits else change_refusals(case)
    mark = marking.of_line(case, shows_answers=bool(open_answers))
    return call_book.BookRow(
        case.use_case_id, case.component.code, case.document, case.revision_number, locked=frozenset(case.hidden),
        is_fixed=bool(notes) and not waits, note=" ".join(notes), marking=mark,
    )  # fmt: skip


def _how(book: CallWorkbook) -> list[str]:
    call = book.call
    due = reads.day_in_words(call.due_on)
    return [
        str(settings.PORTAL_MARKING),
        f"Answers are due on {due}. Bring this file back on {settings.PORTAL_BASE_URL}{call.get_absolute_url()}",
        "Change only the cells whose answer changed. A cell you leave as it is, or empty, changes nothing.",
        f"Write {call_book.CLEAR} into a cell to empty the answer.",
        f"Choose Yes under “{call_book.HOLDS}” in each row you have read: the case then counts as answered.",
        "Grey cells are locked: IDs, components, and answers you may not read.",
        "You may sort, filter and hide rows. Do not add, merge or copy rows, and do not change the hidden sheet.",
        "A new use case is registered in the portal, not in this file.",
        *([book.call.cycle.note] if book.call.cycle.note else []),
    ]
