"""What may be done for somebody else, and what may not. Pure: the table is the rule, forms and refusals read it.

Design section 4 and M-25-21 section 4(a) (summaries): a waiver and the clearing of a presumption are the Chief AI
Officer's own; a decision on a high-impact case is too, as no deputy reaches it either.
"""

from dataclasses import dataclass

OFFICE_REVIEWER, COMPONENT_LEAD, CAIO = "office_reviewer", "component_lead", "caio"
# Who may hand out their acts, and who never acts for anybody: they oversee, or run the portal.
DELEGATING = (OFFICE_REVIEWER, COMPONENT_LEAD, CAIO)
NEVER_FOR_ANYBODY = ("auditor", "administrator")


@dataclass(frozen=True)
class Act:
    """One act that may be handed out, by the role it belongs to."""

    role: str
    code: str
    label: str


ACTS = (
    Act(OFFICE_REVIEWER, "sign", "Sign for the office in its lanes"),
    Act(OFFICE_REVIEWER, "accept", "Accept that the office’s conditions are met, or not"),
    Act(COMPONENT_LEAD, "endorse", "Endorse cases of the component, or send them back"),
    Act(COMPONENT_LEAD, "certify", "Certify the component’s part of the yearly inventory"),
    Act(CAIO, "decide", "Decide cases that are not high-impact, or send them back"),
    Act(CAIO, "refer", "Refer cases to the Board"),
    Act(CAIO, "suspend", "Suspend a use, and let it resume"),
    Act(CAIO, "accept", "Accept that conditions of a decision are met, or not"),
)
# What the holder of a role does in person: words for "X has to do this", by act.
IN_PERSON = {
    "waive": "A waiver of a practice cannot be delegated (M-25-21 section 4(a))",
    "clear": "Clearing a presumption of high impact is not delegated by standing in (M-25-21 section 4(a))",
    "high_impact": "A decision on a high-impact case cannot be delegated (design: no deputy reaches it)",
    "not_applicable": "Accepting that a practice does not apply cannot be delegated",
    "name_signer": "Naming an acting signer cannot be delegated",
    "accept_risk": "Accepting the risk of a finding cannot be delegated (M-25-21, appendix section 4(b)(ii))",
}


def acts_of(role: str) -> list[Act]:
    """What the holder of a role may hand out."""
    return [act for act in ACTS if act.role == role]


def labels(role: str, codes: list[str]) -> list[str]:
    """The acts in words, in the order of the table."""
    return [act.label for act in acts_of(role) if act.code in codes]


def unknown(role: str, codes: list[str]) -> list[str]:
    """What was asked to be handed out and cannot be."""
    allowed = {act.code for act in acts_of(role)}
    return sorted(set(codes) - allowed)


def in_person(act: str, holder: str) -> str:
    """The sentence for somebody who stands in and may not: it says who must."""
    return f"{IN_PERSON[act]}. {holder} does it in person."
