"""Which cases an export has rows for: a table over what became of a case, published or not, this year and the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.workflow import Refused
from governance.actions import decisions, use_cases
from governance.reads import left_out
from registry.actions.counting import let_count
from registry.actions.cycle_changes import change_log
from registry.actions.inventory.export import reported_in
from registry.actions.use_cases import file_revision, save_section
from registry.models import Cycle, UseCase
from registry.reads.cycles import called
from registry.reads.parting import as_retired
from tests import lives, make, make_cycles

TODAY = timezone.localdate()
USED = ("operational_date", "contracting_usage", "have_ato", "system_name_ato", "data_description", "has_pii",
        "demographic_features", "has_custom_code")  # fmt: skip
DEPLOYED = {"development_stage": "deployed", **{name: make.DEPLOYED_HIGH_IMPACT[name] for name in USED}}


def published(case: UseCase, cast: Any) -> UseCase:
    """As if the inventory of the year before had it."""
    file_revision(lives.reread(case), actor=cast.officer, why="was published", effective_on=make_cycles.BEFORE)
    return lives.reread(case)


def reject(case: UseCase, cast: Any) -> UseCase:
    decisions.decide(case, actor=cast.caio, outcome="reject", reason="No.", determined=lives.NOT_HIGH)
    return lives.reread(case)


def withdraw(case: UseCase, cast: Any) -> UseCase:
    use_cases.withdraw(case, actor=cast.officer, reason="Given up.", ground="given_up")
    return lives.reread(case)


def retire(case: UseCase, cast: Any) -> UseCase:
    use_cases.retire(lives.answer(case, cast.officer, development_stage="retired"), actor=cast.officer)
    return lives.reread(case)


# what became of it -> (the case, the stage of its row this year; None without a row)
LIVES: dict[str, tuple[Any, str | None]] = {
    "a draft": (lives.draft, None),
    "recorded": (lives.recorded, "pre_deployment"),
    "approved": (lives.decided, "pre_deployment"),
    "suspended": (lives.suspended, "pre_deployment"),
    "rejected before any use, never published": (lambda cast: reject(lives.ready(cast), cast), None),
    "rejected before any use, published": (lambda cast: reject(published(lives.ready(cast), cast), cast), "retired"),
    "rejected and in use": (lambda cast: reject(lives.ready(cast, **DEPLOYED), cast), "deployed"),
    "withdrawn, never published": (lambda cast: withdraw(lives.submitted(cast), cast), None),
    "withdrawn, published": (lambda cast: withdraw(lives.recorded(cast), cast), "retired"),
    "retired": (lambda cast: retire(lives.recorded(cast), cast), "retired"),
}


def rows(year: int) -> dict[str, str]:
    return {
        row["id"]: row["document"]["answers"]["development_stage"] for row in reported_in(TODAY, make.agency(), year)
    }


def next_cycle(cast: Any) -> Cycle:
    """The year after, whose year before is what counted today."""
    found = Cycle.objects.get()
    columns = {"agency": found.agency, "layout": found.layout, "opened_by": cast.manager, **make_cycles.days()}
    return Cycle.objects.create(year=found.year + 1, before_on=TODAY, **columns)


def test_the_rows_of_this_year_and_of_the_next(cast: Any) -> None:
    made = {name: life(cast) for name, (life, _) in LIVES.items()}
    cycle = make_cycles.cycle(cast)
    found = rows(cycle.year)
    told = {name: found.get(case.use_case_id) for name, case in made.items()}
    assert told == {name: stage for name, (_, stage) in LIVES.items()}
    asked = set(called(cycle))
    gone = {made[name] for name in ("withdrawn, published", "rejected before any use, published")}
    assert not asked & gone, "nobody is asked whether a case still holds that left"
    kinds = {change.id: change.kind for change in change_log(cycle).changes}
    assert {kinds[case.use_case_id] for case in gone} == {"retired"} and "vanished" not in kinds.values()
    last = {one.use_case for one in left_out.entries(cast.auditor) if one.last_year == cycle.year}
    assert last == gone
    after = rows(next_cycle(cast).year)
    ended = {name for name, (_, stage) in LIVES.items() if stage in (None, "retired")}
    assert {name for name, case in made.items() if case.use_case_id not in after} == ended


def test_the_one_retired_row_says_what_is_asked_of_a_retired_case_and_no_more(cast: Any) -> None:
    case = withdraw(lives.recorded(cast, **DEPLOYED), cast)
    cycle = make_cycles.cycle(cast)
    (row,) = [one for one in reported_in(TODAY, make.agency(), cycle.year) if one["id"] == case.use_case_id]
    answers = row["document"]["answers"]
    assert answers["development_stage"] == "retired" and answers["use_case_name"] == case.name
    assert "operational_date" not in answers and "have_ato" not in answers
    assert lives.reread(case).stage == "deployed", "the case's own facts stay as they were reported"
    kept = as_retired({"answers": {"use_case_name": "x"}, "withheld": {"have_ato": "LES"}, "flagged": {}})
    assert kept["withheld"] == {}


def test_a_retired_case_is_locked_and_the_manager_corrects_an_error_with_a_reason(cast: Any) -> None:
    case = retire(lives.recorded(cast), cast)
    section = {"benefits": "Said more plainly."}
    opened_on = lives.reread(case).revision_number
    for person in (cast.officer, cast.lead, cast.caio):
        with pytest.raises(Refused, match="locked. Only the inventory manager"):
            save_section(case, "purpose", section, opened_on=opened_on, actor=person)
    filed = lives.reread(case).filed_effective_on
    save_section(case, "purpose", {"use_case_name": "Its right name"}, opened_on=opened_on, actor=cast.manager)
    case = lives.reread(case)
    assert case.has_unfiled_changes and case.name != "Its right name", "nothing counts yet"
    with pytest.raises(Refused, match="Say why"):
        let_count(case, reason=" ", seen=case.revision_number, actor=cast.manager)
    with pytest.raises(Refused, match="locked"):
        let_count(case, reason="A typing error.", seen=case.revision_number, actor=cast.officer)
    let_count(case, reason="A typing error.", seen=case.revision_number, actor=cast.manager)
    case = lives.reread(case)
    assert (case.name, case.filed_effective_on, case.status) == ("Its right name", filed, "retired")
    lives.answer(case, cast.manager, development_stage="deployed")
    case = lives.reread(case)
    with pytest.raises(Refused, match="stays retired"):
        let_count(case, reason="It came back.", seen=case.revision_number, actor=cast.manager)


def test_a_correction_of_a_retired_case_does_not_report_it_once_more_again(cast: Any) -> None:
    case, cycle = retire(lives.recorded(cast), cast), make_cycles.cycle(cast)
    long_ago = TODAY - timedelta(days=10)  # reported as retired in the inventory of the year before
    UseCase.objects.filter(pk=case.pk).update(filed_effective_on=long_ago)
    Cycle.objects.filter(pk=cycle.pk).update(before_on=TODAY - timedelta(days=5))
    assert case.use_case_id not in rows(cycle.year)
    case = lives.answer(case, cast.manager, use_case_name="Its right name")
    filing = let_count(case, reason="A typing error.", seen=case.revision_number, actor=cast.manager)
    assert filing.effective_on == long_ago
    assert lives.reread(case).name == "Its right name" and case.use_case_id not in rows(cycle.year)
