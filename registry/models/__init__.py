"""The facts: use cases with their revisions and filings, the catalogue, inventory files."""

from registry.models.conversation import Audience, Comment
from registry.models.evidence import Evidence, Practice
from registry.models.inventory import ImportBatch, ProposedCorrection, SeenUseCaseId
from registry.models.participation import JoinRequest, SimilarAnswer
from registry.models.people import FormerOwner, Handover, LeavingNote
from registry.models.policy import CatalogueFile, Edition, EditionStatus, Instrument, Provision
from registry.models.revision import Filing, Revision
from registry.models.system import KeptAnswer, System, SystemMark, SystemRevision, UseCaseSystem
from registry.models.use_case import NeedToKnow, UseCase, UseCaseComponent

__all__ = [
    "Audience",
    "CatalogueFile",
    "Comment",
    "Edition",
    "EditionStatus",
    "Evidence",
    "Filing",
    "FormerOwner",
    "Handover",
    "ImportBatch",
    "Instrument",
    "JoinRequest",
    "KeptAnswer",
    "LeavingNote",
    "NeedToKnow",
    "Practice",
    "ProposedCorrection",
    "Provision",
    "Revision",
    "SeenUseCaseId",
    "SimilarAnswer",
    "System",
    "SystemMark",
    "SystemRevision",
    "UseCase",
    "UseCaseComponent",
    "UseCaseSystem",
]
