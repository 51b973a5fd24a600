"""Telling the registry what was signed: the impact that lists and files report from then on."""

from datetime import datetime

from registry.models import SignedImpact, UseCase


def note_signed(use_case: UseCase, *, impact: str, justification: str, signed_at: datetime) -> SignedImpact:
    """Keep the signed impact beside the reported answers, which stay as they are; runs in the signer's transaction.

    The act and its event are the determination's, which alone calls this.
    """
    row = SignedImpact.objects.create(
        use_case=use_case, impact=impact, justification=justification, signed_at=signed_at
    )  # fmt: skip
    UseCase.objects.filter(pk=use_case.pk).update(signed_impact=impact)
    use_case.signed_impact = impact
    return row
