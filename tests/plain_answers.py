"""What an invented case answers to the questions that depend on its stage and on its other answers."""

from __future__ import annotations

from typing import Any

PLAIN: dict[str, Any] = {
    # in use
    "legal_authority": "An invented statute on parcels.",
    "technical_specifications": "An invented classifier on the component's own computers.",
    "test_evaluation": "Two hundred invented parcels each month; nine in ten go to the right bin.",
    "data_provenance": "Pictures the component took itself for this purpose.",
    "data_reliability": "All bins and seasons are in it; small parcels are few.",
    "data_recipients": ["none"],
    "outputs_logged": "yes",
    "outputs_explained": "The officer sees the three nearest pictures.",
    "outputs_audited": "regular",
    "outputs_retention": "One year, under an invented schedule.",
    "tool_accessible": "yes",
    "principle_lawful": "It sorts parcels and decides about nobody.",
    "principle_mission": "Half a day a week is saved.",
    "principle_safe": "Tested each month; the old way goes on beside it.",
    "principle_trustworthy": "Each suggestion is kept with its picture.",
    "principle_human": "Officers chose the bins.",
    # vendor, personal information, people
    "contract_number": "70INV026C00000001",
    "solicitation_on": "2024-02-15",
    "data_ownership": "The Department owns both.",
    "vendor_transparency": "A model card.",
    "pii_documents": ["none"],
    "persons_described": "People who send invented parcels.",
    "persons_notified": "yes",
    "notice_how": ["form"],
    # presumed or high-impact
    "principal_basis": "contributes",
    "principal_basis_why": "The officer weighs the suggestion with the label.",
    "oversight_form": "before",
    "oversight_who": "The shift lead of the sorting bench.",
    "oversight_stop": "A switch at the bench; sorting goes on by hand.",
    "oversight_prepared": "A day of training and at most sixty parcels an hour.",
    # faces, generative AI, prohibited uses, withholding
    "face_functions": ["verification"],
    "face_reviewed": "yes",
    "face_tested_on": "2025-11-03",
    "face_test_result": "No group differed by more than two points.",
    "face_opt_out": "yes",
    "face_alternative": "An officer looks at the document.",
    "face_retention": "Twelve hours.",
    "genai_kinds": ["text"],
    "genai_hosting": "dhs",
    "genai_inputs": ["internal"],
    "genai_model": "An invented model",
    "genai_provider_use": "nothing",
    "genai_review": "always",
    "prohibited_explained": "Counsel is asked about it.",
    "withheld_ground": "foia_7",
    "withheld_reason": "An invented technique would be known.",
}
