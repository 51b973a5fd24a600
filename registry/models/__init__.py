"""The facts: use cases with their revisions and filings, the catalogue, inventory files."""

from registry.models.conversation import Audience, Comment
from registry.models.cots import CotsUse
from registry.models.cycle import CallWorkbook, Certification, ComponentCall, Cycle, StillTrue, WorkbookReturn
from registry.models.evidence import Evidence, Practice
from registry.models.inventory import ImportBatch, ProposedCorrection, SeenUseCaseId, UndoneImport
from registry.models.mapping import ColumnMapping, IdMatch
from registry.models.outside import OutsideAnswer, OutsideLine, OutsideList, OutsideMatch
from registry.models.participation import JoinRequest, SimilarAnswer
from registry.models.people import FormerOwner, Handover, LeavingNote
from registry.models.policy import CatalogueFile, Edition, EditionStatus, Instrument, Provision
from registry.models.quality import QualityMark
from registry.models.revision import Filing, Revision
from registry.models.saved_views import ListDefault, SavedView
from registry.models.signed import SignedImpact
from registry.models.submission import Amendment, Submission
from registry.models.system import KeptAnswer, System, SystemMark, SystemRevision, UseCaseSystem
from registry.models.tags import Tag, UseCaseTag
from registry.models.updates import UpdateRequest
from registry.models.use_case import NeedToKnow, UseCase, UseCaseComponent
from registry.models.withholding import WithholdingReview

__all__ = [
    "Amendment",
    "Audience",
    "CallWorkbook",
    "CatalogueFile",
    "Certification",
    "ColumnMapping",
    "Comment",
    "CotsUse",
    "ComponentCall",
    "Cycle",
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
    "OutsideAnswer",
    "OutsideLine",
    "OutsideList",
    "OutsideMatch",
    "Practice",
    "ProposedCorrection",
    "Provision",
    "QualityMark",
    "Revision",
    "SavedView",
    "SeenUseCaseId",
    "SignedImpact",
    "SimilarAnswer",
    "StillTrue",
    "Submission",
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
    "WithholdingReview",
    "WorkbookReturn",
]
