"""Lists from outside: matched with what everybody may know, answered by components, taken over by newer lists."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions.notices import dispatch
from registry.actions import outside as actions
from registry.actions.outside_answers import Answer, answer_lines, assign_lines
from registry.actions.outside_upkeep import look_after
from registry.models import OutsideAnswer, OutsideLine, OutsideList, UseCase
from registry.models.use_case import Handling
from registry.permissions.outside import lines_visible_to
from registry.reads import outside as reads
from tests import make, make_systems
from tests.matrix_outside import ATO, COLUMNS, brought, some_line, taken

pytestmark = pytest.mark.django_db
FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}


def line(name: str) -> OutsideLine:
    return OutsideLine.objects.get(name=name, outside_list__state="current")


def states(user: Any) -> dict[str, str]:
    return {one.name: one.state for one in reads.with_state(lines_visible_to(user))}


def seen(*names: str) -> dict[str, int]:
    rows = [line(name) for name in names]
    return {str(row.uuid): row.answer.version if row.answer else 0 for row in rows}


def test_a_list_is_matched_and_each_component_told_once(cast: Any) -> None:
    assert cast.lead and cast.other_lead
    taken(cast)
    assert states(cast.manager) == {
        "INVENTED-LX": "matched", "Invented Ledger": "open", "Invented Gate": "open", "Invented Nowhere": "open",
    }  # fmt: skip
    assert set(states(cast.lead)) == {"INVENTED-LX", "Invented Ledger"}
    assert [reads.unresolved(make.component(code)) for code in ("CBP", "FEMA")] == [1, 1]
    dispatch()
    told = {one.to[0]: one for one in mail.outbox if "list from outside" in one.subject}
    assert set(told) == {cast.lead.email, cast.other_lead.email}
    assert "component=CBP&kind=ato&state=waiting" in told[cast.lead.email].body
    assert "Ledger" not in told[cast.lead.email].body, "a mail tells how many, the page which"


def test_a_system_on_record_leads_to_the_cases_on_it(cast: Any) -> None:
    case = make.use_case(given=make.answers(system_name_ato=None), **FILED)
    system = make_systems.system("Invented Ledger")
    from registry.actions import system_links

    system_links.link_system(case, system, actor=cast.manager)
    taken(cast)
    (match,) = line("Invented Ledger").matches.all()
    assert match.use_case == case


def test_answers_need_what_makes_them_good_and_a_right(cast: Any) -> None:
    taken(cast)
    case = make.use_case(given=make.answers(), **FILED)
    for person, given in (
        (cast.other_officer, Answer("not_ai", "It adds numbers.")),
        (cast.auditor, Answer("not_ai", "It adds numbers.")),
        (cast.lead, Answer("not_ai")),
        (cast.lead, Answer("common")),
        (cast.lead, Answer("covered")),
        (cast.lead, Answer("covered", cases=("DHS-404404",))),
        (cast.lead, Answer("nonsense")),
        (cast.lead, Answer("not_ai", "x" * 1001)),
    ):
        with pytest.raises(Refused):
            answer_lines(seen("Invented Ledger"), given, actor=person)
    assert not OutsideAnswer.objects.exists()
    answer_lines(seen("Invented Ledger"), Answer("covered", cases=(case.use_case_id.lower(),)), actor=cast.officer)
    assert states(cast.lead)["Invented Ledger"] == "covered" and reads.unresolved(make.component("CBP")) == 0
    event = Event.objects.get(kind="outside.answered")
    assert event.data["before"] == {} and event.data["after"]["cases"] == [case.use_case_id]
    with pytest.raises(Stale):
        answer_lines({str(line("Invented Ledger").uuid): 0}, Answer("unresolved"), actor=cast.lead)
    answer_lines(seen("Invented Ledger", "INVENTED-LX"), Answer("unresolved", "Looked wrong."), actor=cast.lead)
    assert reads.unresolved(make.component("CBP")) == 2, "what a person says counts before what was found"
    with pytest.raises(Refused):
        answer_lines(seen("Invented Ledger"), Answer("unresolved", "Looked wrong."), actor=cast.lead)


def test_a_newer_list_takes_answers_and_places_over_and_says_what_is_new_and_gone(cast: Any) -> None:
    taken(cast)
    answer_lines(seen("Invented Ledger"), Answer("not_ai", "It adds numbers."), actor=cast.lead)
    assign_lines([str(line("Invented Nowhere").uuid)], make.component("FEMA"), actor=cast.manager)
    newer = ATO.replace(b"Invented Gate,XX-00003,FEMA", b"Invented Fresh,XX-00005,CBP").replace(
        b"XX-00002", b"xx 00002"
    )
    row = actions.take(brought(cast, newer), COLUMNS, actor=cast.manager)
    assert OutsideList.objects.filter(state="replaced").count() == 1
    assert row.gone == ["Invented Gate"]
    assert [one.name for one in row.lines.filter(is_new=True)] == ["Invented Fresh"]
    assert states(cast.lead)["Invented Ledger"] == "not_ai"
    assert line("Invented Nowhere").component == make.component("FEMA")
    answer_lines(seen("Invented Ledger"), Answer("new_case"), actor=cast.lead)
    assert OutsideAnswer.objects.get().version == 2
    with pytest.raises(Refused):
        brought(cast, newer + b"x,XX-7,CBP\r\n", true_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused):
        brought(cast, newer)
    with pytest.raises(Refused):
        actions.take(brought(cast, newer + b"x,XX-7,CBP\r\n"), {"component": 2}, actor=cast.manager)


def test_a_restricted_case_or_answer_is_never_a_hint(cast: Any, sign_in: Any) -> None:
    taken(cast)
    case = UseCase.objects.get()
    assert states(cast.officer)["INVENTED-LX"] == "matched"
    UseCase.objects.update(restricted_fields=["system_name_ato"])
    assert states(cast.manager)["INVENTED-LX"] == "open", "restricted since: no hint before the next night either"
    UseCase.objects.update(restricted_fields=[], handling=Handling.RESTRICTED)
    assert states(cast.manager)["INVENTED-LX"] == "open"
    look_after()
    assert not line("INVENTED-LX").matches.exists()
    page = reverse("outside-line", args=[line("INVENTED-LX").uuid])
    assert case.use_case_id in sign_in(cast.lead).get(page).content.decode(), "who knows it gets the hint"
    assert case.use_case_id not in sign_in(cast.officer).get(page).content.decode()
    with pytest.raises(Refused):
        answer_lines(seen("INVENTED-LX"), Answer("covered", cases=(case.use_case_id,)), actor=cast.officer)
    answer_lines(seen("INVENTED-LX"), Answer("covered", cases=(case.use_case_id,)), actor=cast.lead)
    assert sign_in(cast.officer).get(page).status_code == 404
    assert reads.unresolved(make.component("CBP")) == 1
    shown = sign_in(cast.lead).get(reverse("outside-list"), {"format": "csv"}).content.decode()
    assert case.use_case_id in shown and "Restricted: need to know" in shown
    assert Event.objects.filter(kind="restricted.taken", actor=cast.lead).count() == 1


def test_leads_are_reminded_after_two_weeks_and_not_sooner(cast: Any) -> None:
    taken(cast)
    assert look_after() == 0, "they were told when the list came"
    assert look_after(timezone.localdate() + timedelta(days=15)) == 2


def test_a_new_case_begins_with_the_name_and_covers_the_line(cast: Any, sign_in: Any) -> None:
    args = some_line(cast)
    client = sign_in(cast.officer)
    page = reverse("outside-line", kwargs=args)
    answer = client.post(page, {"says": "new_case", "version": "0"})
    assert answer.status_code == 302 and str(args["uuid"]) in answer["Location"]
    assert reads.unresolved(make.component("CBP")) == 1, "a promise is not a case"
    assert 'value="Invented Ledger"' in client.get(answer["Location"]).content.decode()
    given = {"use_case_name": "Invented Ledger", "component": make.component("CBP").pk,
             "problem_solved": "Invented sums are slow.", "system_outputs": "A suggested sum."}  # fmt: skip
    client.post(answer["Location"], given)
    made = UseCase.objects.get(name="Invented Ledger")
    assert list(line("Invented Ledger").answer.cases.all()) == [made]
    assert reads.unresolved(make.component("CBP")) == 0


def test_from_the_file_to_many_answers_on_the_pages(cast: Any, sign_in: Any) -> None:
    for code in ("CBP", "FEMA"):
        make.component(code)
    client = sign_in(cast.manager)
    given = {"kind": "ato", "name": "Invented office", "true_on": timezone.localdate().isoformat()}
    bad = client.post(reverse("outside-bring"), {**given, "file": io.BytesIO(b"%PDF-1.7")})
    assert bad.status_code == 400 and "looks like a PDF" in bad.content.decode()
    upload = io.BytesIO(ATO)
    upload.name = "systems.csv"
    brought_in = client.post(reverse("outside-bring"), {**given, "file": upload})
    assert "Which column is which" in client.get(brought_in["Location"]).content.decode()
    client.post(brought_in["Location"], {"name": "0", "number": "1", "component": "2"})
    assert OutsideList.objects.get().state == "current"
    rows = client.get(reverse("outside-list"), {"state": "waiting"}).content.decode()
    assert "Invented Nowhere" in rows and "Unheard-of Office" in rows
    where = f"{reverse('outside-act')}?state=waiting&component=none"
    client.post(where, {"line": f"{line('Invented Nowhere').uuid}:0", "act": "assign", "component": "FEMA"})
    assert line("Invented Nowhere").component == make.component("FEMA")
    everything = {"says": "not_ai", "because": "They add numbers.", "all": "yes"}
    client.post(f"{reverse('outside-act')}?state=waiting&component=CBP", everything)
    assert OutsideAnswer.objects.count() == 2 and reads.unresolved(make.component("FEMA")) == 2
    table = list(csv.reader(io.StringIO(client.get(reverse("outside-list"), {"format": "csv", "component": "CBP"})
                                        .content.decode("utf-8-sig"))))  # fmt: skip
    assert [row[6] for row in table[1:]] == ["Not AI", "Not AI"]
