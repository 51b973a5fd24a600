"""A world with a restricted case and a case with restricted answers; every text of them holds a word of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from governance.actions import lanes, questions
from governance.actions.compliance import perform, start_run
from governance.models import (
    Condition,
    DatedRecord,
    Extension,
    Finding,
    Lane,
    PilotCertificate,
    Waiver,
    WaiverRequest,
)
from registry import document as documents
from registry import editions, handling
from registry.actions import handovers, need_to_know, participation, system_links, systems
from registry.actions import inventory as imports
from registry.actions.participation import Compared
from registry.actions.use_cases import file_revision, set_handling, write_revision
from registry.actions.vocabulary import refresh_search_words
from registry.asking import asked
from registry.models import NeedToKnow, SystemMark, UseCase
from registry.models.use_case import Handling
from registry.similar import Match
from tests import lives, make, talking
from tests.governance import scenes
from tests.registry.make_inventory import case as inventory_row
from tests.registry.make_inventory import csv_file, grid

STEM = "quollbane"  # no word of any language or page: what begins with it was leaked
SECRET_NAME = f"{STEM}name"


def word(place: str) -> str:
    """The canary of a place: letters only, so that a search reads it as one word."""
    return STEM + "".join(sign for sign in place.lower() if sign.isalpha())


@dataclass
class World:
    """What the routes are asked with: the two cases, and the addresses of everything that hangs on them."""

    cast: Any
    hidden: UseCase | None = None
    partly: UseCase | None = None
    uuids: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    @property
    def cases(self) -> list[UseCase]:
        """The two, as far as they are made."""
        return [case for case in (self.partly, self.hidden) if case]


def begin(cast: Any) -> World:
    """The people, the catalogue, and the case with restricted answers."""
    for role in (
        "officer",
        "colleague",
        "other_officer",
        "lead",
        "other_lead",
        "manager",
        "caio",
        "deputy",
        "secretary",
        "chair",
        "member",
        "leader",
        "auditor",
        "administrator",
        "priv",
        "crcl",
        "ogc",
        "st",
        "nobody",
    ):
        getattr(cast, role)  # fmt: skip
    scenes.catalogue()
    for code in make.OFFICES:
        make.office(code)
    world = World(cast)
    world.partly = _partly(world)
    _once_open(world)
    refresh_search_words()
    return world


def _answers(case: UseCase, place: str, fields: Any) -> dict[str, Any]:
    """A canary in each of these answers."""
    by_field, found = editions.of(case).by_field, {}
    for name in sorted(fields):
        text, kind = word(f"{place}{name}"), by_field[name].type
        found[name] = f"https://{text}.example.invalid/" if kind == "links" else f"Invented {text} of a parcel."
        found[name] = f"{text}@example.invalid" if kind == "email" else found[name]
    return found


def _wordy(case: UseCase, *, listed: bool) -> set[str]:
    """The questions answered in words that are put to the case; `listed` adds those every list shows."""
    by_field = editions.of(case).by_field
    able = {name for name, question in by_field.items() if handling.can_be_restricted(question)}
    able |= {"use_case_name", "contact_email"} if listed else set()
    return able & asked(editions.of(case), case.document)


def _write(case: UseCase, actor: Any, answers: dict[str, Any]) -> UseCase:
    row = UseCase.objects.get(pk=case.pk)
    write_revision(row, documents.with_answers(row.document, answers), actor=actor)
    return lives.reread(row)


def _recorded(cast: Any) -> UseCase:
    given = make.deployed_high_impact(**lives.PRIVACY)
    return make.use_case(owner=cast.officer, given=given, filed_on=scenes.FILED, status="recorded")


def _check(case: UseCase, cast: Any) -> None:
    """A run over this case alone, as of the day the matrix's own scenes check."""
    file_revision(lives.reread(case), actor=cast.officer, why="made for a test", effective_on=scenes.FILED)
    perform(start_run(actor=cast.manager, as_of=scenes.DAY, use_case=case).uuid)


def _partly(world: World) -> UseCase:
    """An open case in review, most answers of which are restricted; talk and evidence on them, findings about them."""
    cast = world.cast
    case = _recorded(cast)
    names = _wordy(case, listed=False)
    case = _write(case, cast.officer, _answers(case, "older", names))
    case = _write(case, cast.officer, _answers(case, "answer", names))
    need_to_know.restrict(case, names, reason=f"Because {word('reason')}.", actor=cast.officer)
    world.fields = sorted(names)
    some = sorted(names)[0]
    _talk(world, case, "partly", field=some)
    system_links.link_system(case, _system(cast, "Invented open bench", Handling.INTERNAL), actor=cast.officer)
    sent = lives.endorse(lives.send(lives.reread(case), cast), cast)
    lives.open_lanes(sent, cast)
    NeedToKnow.objects.filter(use_case=case).delete()  # its offices shall read it as everybody does
    _check(case, cast)
    assert Finding.objects.filter(use_case=case).update(message=f"It says {word('finding')}.", field=some)
    return lives.reread(case)


def _system(cast: Any, name: str, level: str) -> Any:
    facts = {"name": name, "ato": "held", "vendor_name": "Invented Vendor", "handling": level}
    if level == Handling.RESTRICTED:
        facts |= {name: word(f"system{name}") for name in ("description", "vendor_name", "contract_number")}
    return systems.add_system(make.component("CBP"), facts, actor=cast.lead)


def _talk(world: World, case: UseCase, place: str, **about: Any) -> None:
    """Comments of each audience, a file and a link, on the case or on one answer."""
    cast = world.cast
    for audience in ("shared", "internal", "privileged"):
        made = talking.thread(case, cast.officer, audience, text=word(f"{place}{audience}"), **about)
        world.uuids.append(str(made.uuid))
    content = talking.pdf(word(f"{place}file"))
    file = SimpleUploadedFile(f"{word(f'{place}filename')}.pdf", content)
    for made in (
        talking.some_file(case, cast.officer, title=word(f"{place}title"), file=file, **about),
        talking.some_link(
            case, cast.officer, title=word(f"{place}linked"), link=f"https://{word(f'{place}link')}.example.invalid/",
            **about,
        ),
    ):  # fmt: skip
        world.uuids.append(str(made.uuid))


def _once_open(world: World) -> None:
    """Cases the other component knew of before they were restricted: it asked to take part in one, and took part in
    the other. They are here before `hide`, so that what its people are told of them is no difference."""
    cast = world.cast
    for does in ("asked", "joined"):
        given = make.answers(use_case_name=f"Invented once {word(f'once{does}name')}")
        case = make.use_case(owner=cast.officer, given=given, filed_on=scenes.FILED, status="recorded")
        request = participation.ask_to_join(
            Match(case, False, False), make.component("FEMA"), part=word(f"once{does}part"), actor=cast.other_lead
        )
        if does == "joined":
            participation.answer_join(request, accepts=True, answer=word("onceanswer"), actor=cast.officer)
        set_handling(lives.reread(case), Handling.RESTRICTED, actor=cast.officer)


def hide(world: World) -> None:
    """Add the restricted case with everything a case can carry."""
    cast = world.cast
    case = _recorded(cast)
    case = _write(case, cast.officer, _answers(case, "hiddenolder", _wordy(case, listed=True)))
    case = _write(
        case,
        cast.officer,
        {**_answers(case, "hidden", _wordy(case, listed=True)), "use_case_name": f"Invented {SECRET_NAME}"},
    )
    set_handling(case, Handling.RESTRICTED, actor=cast.officer)
    case = lives.reread(case)
    need_to_know.name_knower(case, person=cast.other_officer, because=word("because"), actor=cast.officer)
    _talk(world, case, "hidden")
    linked = _system(cast, word("system"), Handling.RESTRICTED)
    world.uuids.append(str(linked.uuid))
    system_links.link_system(case, linked, actor=cast.lead, why=word("linkwhy"))
    SystemMark.objects.create(
        act=linked.uuid, system=linked, use_case=case, key="revision:2", facts=["vendor_name"], what=word("mark")
    )
    participation.keep_answer(
        case, Compared([Match(lives.reread(world.partly), True, False)], "new", word("comparedwhy")), actor=cast.officer
    )
    offered = handovers.offer([case], cast.lead, kind="backup", note=word("handovernote"), actor=cast.officer)
    world.acts.append(str(offered.act))
    sent = lives.endorse(lives.send(lives.reread(case), cast), cast)
    lives.open_lanes(sent, cast)
    wanted = [(f"Name {word('condition')}.", timezone.localdate() + lives.SOON)]
    lane = lives.lane(case)
    asked = questions.ask(lane, actor=cast.priv, text=word("lanequestion"), of=cast.officer)
    questions.answer_question(asked, actor=cast.officer, text=word("laneanswer"))
    lane = lives.lane(case)
    lanes.decide_lane(
        lane,
        actor=cast.priv,
        verb="sign_off_with_conditions",
        conditions=wanted,
        message=word("lanemessage"),
        no_conflict=True,
    )
    practices(case, cast)
    _check(case, cast)
    assert Finding.objects.filter(use_case=case).update(message=f"It says {word('hiddenfinding')}.")
    batch = imports.import_file(
        csv_file(grid([inventory_row(1, id=case.use_case_id, problem_solved=word("correction"))])).encode(),
        "inventory.csv", actor=cast.manager,
    )  # fmt: skip
    world.hidden = lives.reread(case)
    rows = [Lane.objects.filter(review__use_case=case), Condition.objects.filter(use_case=case),
            Finding.objects.filter(use_case=case), Waiver.objects.filter(use_case=case),
            case.waiver_requests.all(), case.extensions.all(), case.pilot_certificates.all(),
            NeedToKnow.objects.filter(use_case=case), batch.corrections.all(), case.system_links.all(),
            case.dated_records.all()]  # fmt: skip
    world.uuids += [str(one.uuid) for found in rows for one in found] + [str(batch.uuid)]
    refresh_search_words()


def practices(case: UseCase, cast: Any) -> None:
    """Evidence behind a practice and a waiver, both with canaries."""
    day = date(2026, 9, 1)
    DatedRecord.objects.create(
        use_case=case, practice="monitoring", kind="evidence", title=word("practice"), effective_on=day,
        recorded_by=cast.lead,
    )  # fmt: skip
    DatedRecord.objects.create(
        use_case=case, practice="monitoring", kind="monitoring_plan", title=word("record"), effective_on=day,
        recorded_by=cast.lead, details={"measures": word("measures"), "who": word("watcher")}, note=word("recordnote"),
        expires_on=date(2026, 12, 31),
    )  # fmt: skip
    Waiver.objects.create(
        use_case=case, practice="training", ground="A", risk_assessment=word("waiver"), granted_on=day,
        expires_on=date(2027, 8, 31), granted_by=cast.caio, mitigations=word("meanwhile"),
        public_summary=word("summary"), consulted=[{"name": word("official"), "capacity": "counsel"}],
    )  # fmt: skip
    WaiverRequest.objects.create(
        use_case=case, practice="testing", ground="A", risk_assessment=word("asked"), mitigations=word("askedmore"),
        public_summary=word("askedsummary"), expires_on=date(2027, 8, 31), requested_by=cast.lead,
    )  # fmt: skip
    Extension.objects.create(
        use_case=case, instrument="omb-m-24-10", granted_by=word("granted"), granted_on=day, until=date(2027, 8, 31),
        source=word("source"), note=word("extension"), recorded_by=cast.caio,
    )  # fmt: skip
    PilotCertificate.objects.create(
        use_case=case, scale=word("scale"), starts_on=day, ends_on=date(2027, 8, 1), choice="opt_in",
        notice=word("pilotnotice"), not_applied=word("notapplied"), certified_by=cast.caio,
    )  # fmt: skip
