"""The facts: use cases with their revisions and filings, the catalogue, inventory files."""

from registry.models.conversation import Audience, Comment
from registry.models.evidence import Evidence, Practice
from registry.models.inventory import ImportBatch, ProposedCorrection, SeenUseCaseId, UndoneImport
from registry.models.mapping import ColumnMapping, IdMatch
from registry.models.participation import JoinRequest, SimilarAnswer
from registry.models.people import FormerOwner, Handover, LeavingNote
from registry.models.policy import CatalogueFile, Edition, EditionStatus, Instrument, Provision
from registry.models.revision import Filing, Revision
from registry.models.saved_views import ListDefault, SavedView
from registry.models.system import KeptAnswer, System, SystemMark, SystemRevision, UseCaseSystem
from registry.models.tags import Tag, UseCaseTag
from registry.models.updates import UpdateRequest
from registry.models.use_case import NeedToKnow, UseCase, UseCaseComponent

__all__ = [
    "Audience",
    "CatalogueFile",
    "ColumnMapping",
    "Comment",
    "Edition",
    "EditionStatus",
    "Evidence",
    "Filing",
    "FormerOwner",
    "Handover",
    "IdMatch",
    "ImportBatch",
    "Instrument",
    "JoinRequest",
    "KeptAnswer",
    "LeavingNote",
    "ListDefault",
    "NeedToKnow",
    "Practice",
    "ProposedCorrection",
    "Provision",
    "Revision",
    "SavedView",
    "SeenUseCaseId",
    "SimilarAnswer",
    "System",
    "SystemMark",
    "SystemRevision",
    "Tag",
    "UndoneImport",
    "UpdateRequest",
    "UseCase",
    "UseCaseComponent",
    "UseCaseSystem",
    "UseCaseTag",
]
