"""Loads the demonstration once: people, cases in every state, a Board meeting, check runs and reports."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Component, Role, User
from audit.seal import seal_audit
from governance.actions import board, compliance, reports
from governance.demo.cast import Cast, load_cast
from governance.demo.clock import at
from governance.demo.cots import answer_cots
from governance.demo.cycle import run_cycle
from governance.demo.determine import determine_some
from governance.demo.exceptions import excuse_some
from governance.demo.files import bring_files
from governance.demo.finding import organise
from governance.demo.finding_work import work_on_findings
from governance.demo.gates import pass_gates
from governance.demo.holds import hold_uses
from governance.demo.know import keep_back
from governance.demo.lanes import work_in_lanes
from governance.demo.outside import bring_lists
from governance.demo.records import put_records
from governance.demo.script import Story, is_done, waiting_items
from governance.demo.standing_in import stand_in
from governance.demo.sweeps import repeat_the_deadline
from governance.demo.systems import load_systems
from governance.demo.talk import talk
from governance.demo.together import take_part
from governance.demo.withholding import review_withheld
from governance.models import Board, Meeting
from governance.reports.shelf import SHELF
from registry.actions.quality_marks import count_quality
from registry.actions.vocabulary import refresh_search_words
from registry.models import SeenUseCaseId, UseCase
from registry.yaml_source import SourceError

FIRST_ID = 9100  # invented IDs stay clear of those in real inventories
MONTHS = (150, 120, 90, 60, 30, 0)  # days ago: a run each, so that trends have something to show


def load_demo(fixtures: Path, *, actor: User) -> dict[str, int]:
    """Load it; a second call changes nothing. Returns how many people, cases and runs there are.

    One transaction: a demonstration that was stopped half-way is not there at all.
    """
    if not is_done():
        _load(fixtures / "demo", actor)
    return {
        "people": User.objects.filter(is_fictional=True).count(),
        "use_cases": UseCase.objects.filter(is_demo=True).count(),
    }


@transaction.atomic
def _load(folder: Path, actor: User) -> None:
    agency = Agency.objects.get(code="DHS")
    cast = load_cast(folder, agency)
    _reserve_ids(agency)
    for position, (place, case) in enumerate(_cases(folder / "cases")):
        component = Component.objects.get(agency=agency, code=place)
        use_case = Story(case, component, cast, position).tell()
        UseCase.objects.filter(pk=use_case.pk).update(is_demo=True)
    work_in_lanes(cast)
    hold_uses(cast)
    take_part(cast)
    keep_back(cast)
    load_systems(folder, cast)
    answer_cots(folder, cast)
    bring_lists(folder, cast, agency)
    review_withheld(cast)
    _meetings(cast)
    stand_in(cast)
    determine_some(cast)
    talk(folder, cast)
    organise(cast)
    run_cycle(cast, agency)
    pass_gates(cast)
    excuse_some(cast)
    bring_files(cast)
    put_records(folder, cast)
    _judge(cast, actor)


def _reserve_ids(agency: Agency) -> None:
    SeenUseCaseId.objects.get_or_create(
        use_case_id=f"{agency.code}-{FIRST_ID}", defaults={"agency": agency, "number": FIRST_ID}
    )


def _cases(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """(component code, case) of every file; what stands above `cases` holds for each of its cases."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for part in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            common = {name: value for name, value in part.items() if name not in ("component", "cases")}
            found += [(part["component"], {**common, **case}) for case in part["cases"]]
    if not found:
        raise SourceError(folder, "", "holds no case")
    return found


def _meetings(cast: Cast) -> None:
    """The Board sits next week with the referred cases on its agenda; two members have voted on the first."""
    secretary = cast.one(Role.BOARD_SECRETARY)
    governing = Board.objects.order_by("pk").first()
    if governing is None:
        return
    day = timezone.localdate() + timedelta(days=(1 - timezone.localdate().weekday()) % 7 or 7)
    meeting: Meeting = board.open_meeting(governing, actor=secretary, held_on=day, place="Invented Room 4")
    items = waiting_items()
    if items:
        board.schedule(meeting, items, actor=secretary)
        voters = cast.holding(Role.BOARD_MEMBER)
        board.vote(
            items[0], actor=voters[0], choice="approve_with_conditions", comment="Only until the tests are read."
        )
        board.vote(items[0], actor=voters[1], choice="defer", comment="I want to see the test report first.")


def _judge(cast: Cast, actor: User) -> None:
    """A check run for each past month and today, and two reports. They see to what each record asked for."""
    caio = cast.one(Role.CAIO)
    count_quality(actor=actor)
    for ago in MONTHS:
        day = timezone.localdate() - timedelta(days=ago)
        with at(_evening(day) if ago else timezone.now()):
            done = compliance.check_now(actor=actor, as_of=day)
            if done.state != done.State.DONE:
                raise RuntimeError(f"The checks of {day} failed: {done.error}")
            if ago in (30, 0):
                seal_audit()
                asked = reports.request_report(SHELF["compliance-status"], actor=caio, as_of=day)
                reports.make_report(asked.uuid)
    work_on_findings(cast)
    repeat_the_deadline(cast)
    refresh_search_words()


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(22, 0), timezone.get_current_timezone())
