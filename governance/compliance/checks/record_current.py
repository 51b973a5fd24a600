"""A dated record of some kind is there and has not run out (each provision names the kind)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from governance.compliance.contract import ERROR, NOTICE, WARNING, Problem, Record, Snapshot
from governance.compliance.exceptions import cover
from governance.compliance.params import a_count, one_of, optional, required, takes
from governance.compliance.wording import said
from governance.record_kinds import Kind, a_kind, kind_of, months_later
from registry.conditions import to_date

SEVERITIES = (ERROR, WARNING, NOTICE)


@takes(
    kind=required(a_kind), missing=optional(one_of(SEVERITIES)), after_months=optional(a_count),
    lapsed=optional(one_of(SEVERITIES)), months=optional(a_count), soon_days=optional(a_count),
)  # fmt: skip
def record_current(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """No record of the kind the provision names is there, or the newest has run out or does so soon.

    `params.kind` names it, `params.soon_days` says from when its end is told.
    `params.missing` and `params.lapsed` say how serious each is; without `missing` only what was there can lapse.
    `params.after_months`: it is missed only so long after the first use. `params.months`: how long one holds at most.
    """
    kind = kind_of(params["kind"])
    if kind.practice and cover(snapshot, kind.practice):
        return
    found = snapshot.records_of(kind.slug) if snapshot.records else ()
    if not found:
        yield from _missing(snapshot, kind, params)
        return
    ends = [_last_day(one, params) for one in found]
    last = max((end for end in ends if end), default=None)
    if last is None or None in ends:
        return
    common: Mapping[str, Any] = {"due_on": last, "practice": kind.practice}
    if snapshot.as_of > last:
        text = f"{kind.label}: the newest record counted to {said(last)}, and nothing has followed it."
        yield Problem(text, params.get("lapsed", WARNING), "lapsed", **common)
    elif last - snapshot.as_of <= timedelta(days=params.get("soon_days", -1)):
        text = f"{kind.label}: the newest record counts to {said(last)}; have the next one ready."
        yield Problem(text, NOTICE, "lapsed", **common)


def _missing(snapshot: Snapshot, kind: Kind, params: Mapping[str, Any]) -> Iterator[Problem]:
    if "missing" not in params:
        return
    due = None
    if after := params.get("after_months"):
        began = to_date(snapshot.answers.get("operational_date"))
        due = months_later(began, after) if began else None
        if due is None or snapshot.as_of <= due:
            return
    since = f" {after} months after its first use" if after else ""
    text = f"{kind.label}: none is on record{since}."
    yield Problem(text, params["missing"], "missing", due_on=due, practice=kind.practice)


def _last_day(one: Record, params: Mapping[str, Any]) -> date | None:
    """The day the record says itself, or that of the provision's months if it comes earlier."""
    by_months = months_later(one.effective_on, params["months"]) if "months" in params else None
    return min((day for day in (one.expires_on, by_months) if day), default=None)
