"""One of the six prohibited uses of Directive 139-08 is attested not to take place."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot
from governance.compliance.params import a_field, required, takes


@takes(field=required(a_field))
def prohibition_attested(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The attestation says yes, or leaves it open by unknown or nothing.

    `params.field` is the attestation.
    """
    answer = snapshot.answers.get(params["field"])
    if answer == "yes":
        yield Problem("The screening says this prohibited use takes place.", ERROR, field=params["field"])
    elif answer != "no":
        yield Problem(
            "Nobody has attested that this prohibited use does not take place.", WARNING, field=params["field"]
        )
