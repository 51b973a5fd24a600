"""What the portal asks for a provision is answered (each provision names its questions)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, Problem, Snapshot
from governance.compliance.params import required, some_fields, takes


@takes(fields=required(some_fields))
def answered(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Questions the provision rests on have no answer; one problem for all of them.

    `params.fields` names them. What the questionnaire does not ask this case is not missed.
    """
    asked = [snapshot.form.by_field[name] for name in params["fields"] if snapshot.asks(name)]
    left = [one for one in asked if not snapshot.answers.get(one.field) and not snapshot.withholds(one.field)]
    if left:
        named = "; ".join(f"“{one.title}”" for one in left)
        yield Problem(f"Not answered: {named}.", NOTICE, field=left[0].field)
