"""A document that the adjudication of the threshold analysis asks for is on record (PIA or SORN)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, Problem, Snapshot
from governance.compliance.params import one_of, required, takes
from governance.compliance.privacy import NEEDS, document_on_record, threshold
from governance.compliance.wording import said

NAMES = {"pia": "privacy impact assessment", "sorn": "system of records notice"}


@takes(document=required(one_of(NEEDS)))
def privacy_document_held(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The Privacy Office decided that one is needed, and none since then covers this use.

    `params.document` is pia or sorn.
    """
    found = threshold(snapshot)
    kind = params["document"]
    if found is None or found.adjudication is None or found.outcome not in NEEDS[kind]:
        return
    since = found.adjudication.effective_on
    if not document_on_record(snapshot, kind, since):
        text = (
            f"The Privacy Office decided on {said(since)} that a {NAMES[kind]} is needed; none since then is on record."
        )
        yield Problem(text, ERROR)
