"""A deployed use runs under an authorization to operate (Directive 139-08, safe, secure and responsible)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot


def authorization_held(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The case reports no authorization, or does not say."""
    answer = snapshot.answers.get("have_ato")
    if snapshot.withholds("have_ato") or answer == "yes":
        return
    if answer == "no":
        yield Problem("It is deployed and reports no authorization to operate.", ERROR, field="have_ato")
    else:
        yield Problem(
            "It is deployed and does not say whether it has an authorization to operate.", WARNING, field="have_ato"
        )
