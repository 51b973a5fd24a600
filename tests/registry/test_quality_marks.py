"""What looks wrong is kept by the day, counted by rule and component, and shown to who may see the case."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused
from registry import questionnaire
from registry.actions import need_to_know
from registry.actions.quality_marks import count_quality
from registry.actions.use_cases import write_revision
from registry.models import QualityMark, UseCase
from registry.models.use_case import Handling
from registry.permissions.quality import marks_visible_to
from registry.reads import quality as reads
from tests import make

pytestmark = pytest.mark.django_db
FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}
REASON = "The output is an invented hint that an officer weighs together with three other sources before acting."


def pilot(**given: Any) -> UseCase:
    columns = {name: given.pop(name) for name in ("owner", "handling", "component_code", "status") if name in given}
    answers = make.answers(**({"development_stage": "pilot", "have_ato": "no"} | given))
    return make.use_case(given=answers, **{**FILED, **columns})


def test_a_concern_is_found_kept_and_cleared_with_its_days(cast: Any) -> None:
    row = pilot()
    then = timezone.localdate() - timedelta(days=40)
    told = count_quality(actor=cast.manager, as_of=then)
    assert told["cases"] == 1 and told["open"] == told["found"] > 0
    mark = QualityMark.objects.get(use_case=row, code="no_ato")
    assert (mark.found_on, mark.cleared_on, mark.field) == (then, None, "have_ato")
    assert count_quality(actor=cast.manager)["found"] == 0, "looking again finds nothing anew"
    answers = {**row.document["answers"], "have_ato": "yes", "system_name_ato": "Invented bench"}
    write_revision(row, {**row.document, "answers": answers}, actor=cast.lead)
    UseCase.objects.update(filed_document={**row.document, "answers": answers})
    assert count_quality(actor=cast.manager)["cleared"] >= 1
    mark.refresh_from_db()
    assert mark.cleared_on == timezone.localdate()
    (line,) = [
        one for one in reads.by_rule(marks_visible_to(cast.manager), timezone.localdate()) if one.key == "no_ato"
    ]
    assert (line.counts, line.now) == ((None, None, 1, 0), 0), "nobody looked before"
    assert Event.objects.filter(kind="quality.counted").count() == 3


def test_drafts_and_withdrawn_cases_are_nobodys_to_mend(cast: Any) -> None:
    make.use_case(given=make.answers(development_stage="pilot", have_ato="no"))
    assert count_quality(actor=cast.manager) == {"cases": 0, "open": 0, "found": 0, "cleared": 0}


def test_only_the_manager_and_the_portal_have_everything_looked_at(cast: Any) -> None:
    for person in (cast.lead, cast.caio, cast.auditor):
        with pytest.raises(Refused, match="Only the inventory manager"):
            count_quality(actor=person)


def test_a_restricted_case_is_named_to_nobody_and_seen_by_who_may(cast: Any) -> None:
    given = {"is_high_impact": "presumed_not_high_impact", "hi_justification": REASON, "use_case_name": "Invented twin"}
    hidden = pilot(handling=Handling.RESTRICTED, owner=cast.officer, **given)
    seen = [pilot(**given), pilot(**given)]
    count_quality(actor=cast.manager)
    for code in ("duplicate_name", "justification_reused"):
        said = QualityMark.objects.filter(code=code).exclude(use_case=hidden)
        assert {mark.use_case for mark in said} == set(seen)
        assert not any(hidden.use_case_id in mark.message for mark in said)
    assert marks_visible_to(cast.officer).filter(use_case=hidden).exists()
    assert not marks_visible_to(cast.leader).filter(use_case=hidden).exists()
    assert not marks_visible_to(cast.colleague).filter(use_case=hidden).exists()


def test_concerns_about_restricted_answers_are_for_who_may_read_them(cast: Any) -> None:
    row = pilot(owner=cast.officer, benefits="The QZX is read sooner.")
    need_to_know.restrict(row, ["benefits"], reason="It names a place.", actor=cast.officer)
    count_quality(actor=cast.manager)
    assert marks_visible_to(cast.officer).filter(message__contains="QZX").exists()
    assert not marks_visible_to(cast.leader).filter(use_case=row).exists()


def test_every_figure_leads_to_its_rows_and_the_file_has_the_same(cast: Any, sign_in: Any) -> None:
    pilot(owner=cast.officer)
    pilot(component_code="FEMA")
    count_quality(actor=cast.manager)
    client = sign_in(cast.manager)
    page = client.get(reverse("quality-overview")).content.decode()
    address = f"{reverse('quality-cases')}?code=no_ato"
    assert f'href="{address}"' in page and "?component=FEMA" in page
    assert "2 to look at." in client.get(address).content.decode()
    assert "1 to look at in FEMA." in client.get(f"{address}&component=FEMA").content.decode()
    lines = client.get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3 and lines[1].endswith("Internal to the department")


def test_the_manager_has_it_looked_at_again(cast: Any, sign_in: Any) -> None:
    pilot()
    page = sign_in(cast.manager).post(reverse("quality-count"), follow=True).content.decode()
    assert "1 case was looked at" in page
    assert QualityMark.objects.exists()


def test_the_case_says_what_looks_wrong_and_a_long_sentence_is_a_hint_on_the_form_only(cast: Any, sign_in: Any) -> None:
    long = "It reads the invented mail of the day and sorts it by what it asks for " * 4
    row = pilot(owner=cast.officer, benefits=long)
    client = sign_in(cast.officer)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "What looks wrong in the answers" in page and "In use without an Authorization to Operate." in page
    assert "easier to follow" not in page
    slug = questionnaire.of(row, timezone.localdate()).section_of["benefits"].slug
    form = client.get(reverse("use_cases-section", args=[row.use_case_id, slug])).content.decode()
    assert "Two shorter ones are easier to follow." in form
    count_quality(actor=cast.manager)
    assert not QualityMark.objects.filter(message__contains="easier").exists(), "never counted"
