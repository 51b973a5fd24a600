"""The checks, one a file. A check takes a frozen Snapshot and a provision's params and yields Problems.

Contract: pure (no ORM, no clock, no settings); the same snapshot gives the same problems in the same order; a
problem's `key` tells two problems of one check in one case apart and stays the same from run to run; every message
is a sentence a program officer understands. To add one: write the file, list it here, name it in a provision.
"""

from functools import partial

from governance.compliance.checks.answer_among import answer_among
from governance.compliance.checks.answer_includes import answer_includes
from governance.compliance.checks.answered import answered
from governance.compliance.checks.assessment_complete import assessment_complete
from governance.compliance.checks.assessment_current import assessment_current
from governance.compliance.checks.authorization_held import authorization_held
from governance.compliance.checks.authorization_recorded import authorization_recorded
from governance.compliance.checks.decision_covers_use import decision_covers_use
from governance.compliance.checks.determination_signed import determination_signed
from governance.compliance.checks.extension_current import extension_current
from governance.compliance.checks.human_oversight_described import human_oversight_described
from governance.compliance.checks.impact_matches_screening import impact_matches_screening
from governance.compliance.checks.in_current_cycle import in_current_cycle
from governance.compliance.checks.independent_review_done import independent_review_done
from governance.compliance.checks.is_ai_attested import is_ai_attested
from governance.compliance.checks.justification_specific import justification_specific
from governance.compliance.checks.no_flagged_answers import no_flagged_answers
from governance.compliance.checks.pii_has_pia import pii_has_pia
from governance.compliance.checks.pilot_ageing import pilot_ageing
from governance.compliance.checks.pilot_certified import pilot_certified
from governance.compliance.checks.practice_met import practice_met
from governance.compliance.checks.practice_regressed import practice_regressed
from governance.compliance.checks.practices_overdue import practices_overdue
from governance.compliance.checks.presumption_answered import presumption_answered
from governance.compliance.checks.privacy_document_held import privacy_document_held
from governance.compliance.checks.privacy_review_done import privacy_review_done
from governance.compliance.checks.prohibition_attested import prohibition_attested
from governance.compliance.checks.pta_current import pta_current
from governance.compliance.checks.record_current import record_current
from governance.compliance.checks.required_answers import required_answers
from governance.compliance.checks.retired_once import retired_once
from governance.compliance.checks.same_name_agrees import same_name_agrees
from governance.compliance.checks.screening_complete import screening_complete
from governance.compliance.checks.start_date_plausible import start_date_plausible
from governance.compliance.checks.stop_carried_out import stop_carried_out
from governance.compliance.checks.tested_within import tested_within
from governance.compliance.checks.tests_current import tests_current
from governance.compliance.checks.waiver_current import waiver_current
from governance.compliance.checks.waiver_reported import waiver_reported
from governance.compliance.checks.withholding_upheld import withholding_upheld
from governance.compliance.contract import Check
from governance.compliance.params import wrong_params
from registry.catalogue import Accepts

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        answer_among,
        answer_includes,
        answered,
        assessment_complete,
        assessment_current,
        authorization_held,
        authorization_recorded,
        decision_covers_use,
        determination_signed,
        extension_current,
        human_oversight_described,
        impact_matches_screening,
        in_current_cycle,
        independent_review_done,
        is_ai_attested,
        justification_specific,
        no_flagged_answers,
        pii_has_pia,
        pilot_ageing,
        pilot_certified,
        practice_met,
        practice_regressed,
        practices_overdue,
        presumption_answered,
        privacy_document_held,
        privacy_review_done,
        prohibition_attested,
        pta_current,
        record_current,
        required_answers,
        retired_once,
        same_name_agrees,
        screening_complete,
        start_date_plausible,
        stop_carried_out,
        tested_within,
        tests_current,
        waiver_current,
        waiver_reported,
        withholding_upheld,
    )
}

ACCEPTED: dict[str, Accepts] = {name: partial(wrong_params, name) for name in CHECKS}
"""By check: what is wrong with the params a provision gives it; what the catalogue is loaded with."""
