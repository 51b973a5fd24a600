# ruff: noqa: S608 (every name in the question is written in this file)
"""Everything dated that belongs to a case, as the database has it: hashed where it lies, to tell whether it changed.

What takes effect on a later day is among it from the moment it is recorded; that its day has come is told by
`CheckResult.due_on`. A table that the snapshot reads and this does not know is found by `test_kept_judgements`.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model

from governance.models import (
    DatedRecord,
    Decision,
    Determination,
    Extension,
    Hold,
    MaterialChange,
    PilotCertificate,
    StopOrder,
    Waiver,
    WaiverCertification,
    WaiverLook,
    WaiverReport,
)
from registry.models import WithholdingReview

OF_A_CASE: tuple[type[Model], ...] = (
    DatedRecord, Waiver, Extension, PilotCertificate, StopOrder, MaterialChange, Hold, WithholdingReview, Decision,
    Determination,
)  # fmt: skip
OF_A_WAIVER: tuple[type[Model], ...] = (WaiverReport, WaiverCertification, WaiverLook)
# Of others only what a snapshot reads, because their rows change oftener: who wrote and who submitted a case, and which
# of its files were taken away. (told, table and condition)
IN_PART = (
    ("concat_ws(':', 'wrote', id, written_by_id)", "registry_revision WHERE TRUE"),
    ("concat_ws(':', 'sent', id, submitted_by_id)", "governance_review WHERE TRUE"),
    ("concat_ws(':', 'gone', id, removed_at)", "registry_evidence WHERE removed_at IS NOT NULL"),
)
CHUNK = "= ANY(%(chunk)s::bigint[])"


def _question() -> str:
    """One question for all tables; every name in it is written above."""
    parts = [f"SELECT use_case_id, '{name}' || t::text FROM {name} t WHERE use_case_id {CHUNK}"
             for name in map(_table, OF_A_CASE)]  # fmt: skip
    parts += [
        f"SELECT w.use_case_id, '{name}' || t::text FROM {name} t JOIN {_table(Waiver)} w ON w.id = t.waiver_id "
        f"WHERE w.use_case_id {CHUNK}"
        for name in map(_table, OF_A_WAIVER)
    ]
    parts += [f"SELECT use_case_id, {told} FROM {rows} AND use_case_id {CHUNK}" for told, rows in IN_PART]
    hashed = "hashtextextended(string_agg(told, E'\\x1e' ORDER BY told), 0)::text"
    return f"SELECT case_id, {hashed} FROM ({' UNION ALL '.join(parts)}) AS every (case_id, told) GROUP BY case_id"


def _table(model: type[Model]) -> str:
    return model._meta.db_table


QUESTION = _question()


def told_of(chunk: Sequence[int]) -> dict[int, str]:
    """Case -> a hash over all rows of these tables that belong to it."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, {"chunk": f"{{{','.join(map(str, chunk))}}}"})
        return dict(cursor.fetchall())
