"""The facts: use cases with their revisions and filings, the catalogue, inventory files."""

from registry.models.inventory import ImportBatch, ProposedCorrection, SeenUseCaseId
from registry.models.participation import JoinRequest, SimilarAnswer
from registry.models.policy import CatalogueFile, Edition, EditionStatus, Instrument, Provision
from registry.models.revision import Filing, Revision
from registry.models.use_case import NeedToKnow, UseCase, UseCaseComponent

__all__ = [
    "CatalogueFile",
    "Edition",
    "EditionStatus",
    "Filing",
    "ImportBatch",
    "JoinRequest",
    "Instrument",
    "JoinRequest",
    "NeedToKnow",
    "ProposedCorrection",
    "Provision",
    "Revision",
    "SeenUseCaseId",
    "SimilarAnswer",
    "SimilarAnswer",
    "UseCase",
    "UseCaseComponent",
]
