"""The facts: use cases with their revisions and filings, the catalogue, inventory files."""

from registry.models.conversation import Audience, Comment
from registry.models.evidence import Evidence, Practice
from registry.models.inventory import ImportBatch, ProposedCorrection, SeenUseCaseId
from registry.models.policy import CatalogueFile, Edition, EditionStatus, Instrument, Provision
from registry.models.revision import Filing, Revision
from registry.models.use_case import NeedToKnow, UseCase, UseCaseComponent

__all__ = [
    "Audience",
    "CatalogueFile",
    "Comment",
    "Edition",
    "EditionStatus",
    "Evidence",
    "Filing",
    "ImportBatch",
    "Instrument",
    "NeedToKnow",
    "Practice",
    "ProposedCorrection",
    "Provision",
    "Revision",
    "SeenUseCaseId",
    "UseCase",
    "UseCaseComponent",
]
