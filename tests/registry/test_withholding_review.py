"""What is withheld is reviewed: never by its owner, of the words as they stand, until a day."""

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
from registry import withholding
from registry.actions import need_to_know
from registry.actions.inventory.export import export
from registry.actions.inventory.files import all_layouts
from registry.actions.quality_marks import count_quality
from registry.actions.use_cases import file_revision, write_revision
from registry.actions.withholding import decide_withholding, watch_withholding
from registry.models import QualityMark, UseCase, WithholdingReview
from registry.reads import withholding as reads
from tests import make
from tests.matrix_outside import WITHHELD, kept_back

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
YEAR = timedelta(days=300)


def case_of(cast: Any) -> UseCase:
    return UseCase.objects.get(use_case_id=kept_back(cast)["use_case_id"])


def seen(case: UseCase, field: str = "") -> str:
    found = withholding.withheld(case.filed_document or {})
    return next(one.fingerprint for one in found if one.field == field)


def decide(case: UseCase, actor: Any, verdict: str = "upheld", field: str = "", **more: Any) -> WithholdingReview:
    given = {"why": "Exemption 7 holds here.", "seen": seen(case, field), "expires_on": TODAY() + YEAR, **more}
    return decide_withholding(case, field, verdict, actor=actor, **given)


def states(user: Any) -> dict[str, str]:
    return {entry.slug: entry.state for entry in reads.entries(user, TODAY())}


def refile(case: UseCase, actor: Any, **changes: Any) -> UseCase:
    answers = {**case.document["answers"], **changes}
    write_revision(case, {**case.document, "answers": answers}, actor=actor)
    row = UseCase.objects.get(pk=case.pk)
    file_revision(row, actor=actor, why="Invented change.", effective_on=TODAY())
    return UseCase.objects.get(pk=case.pk)


def test_counsel_privacy_and_the_caio_review_and_nobody_else(cast: Any) -> None:
    case = case_of(cast)
    for person in (cast.officer, cast.lead, cast.manager, cast.deputy, cast.crcl, cast.auditor):
        with pytest.raises(Refused):
            decide(case, person)
    for person in (cast.ogc, cast.priv, cast.caio):
        decide(case, person)
    UseCase.objects.update(owner=cast.ogc)
    with pytest.raises(Refused, match="You own the case"):
        decide(case, cast.ogc)
    assert WithholdingReview.objects.count() == 3


def test_a_verdict_has_a_reason_and_an_end_and_is_of_the_words_that_were_read(cast: Any) -> None:
    case = case_of(cast)
    for wrong in (
        {"why": " "}, {"verdict": "maybe"}, {"expires_on": None}, {"expires_on": TODAY()},
        {"expires_on": TODAY() + timedelta(days=800)}, {"why": "x" * 2001},
    ):  # fmt: skip
        with pytest.raises(Refused):
            decide(case, cast.ogc, **wrong)
    with pytest.raises(Stale):
        decide(case, cast.ogc, seen="of something else")
    with pytest.raises(Stale):
        decide_withholding(case, "benefits", "refused", why="x", seen="x", actor=cast.ogc)
    assert states(cast.ogc) == {"whole": "unreviewed", "system_outputs": "unreviewed"}
    decide(case, cast.ogc)
    decide(case, cast.ogc, "refused", "system_outputs", expires_on=None)
    assert states(cast.ogc) == {"whole": "upheld", "system_outputs": "refused"}
    changed = refile(case, cast.officer, withheld_reason="Invented: another harm.")
    assert states(cast.ogc)["whole"] == "outdated", "a changed reason makes the review out of date"
    refile(changed, cast.officer, withheld_reason=WITHHELD["withheld_reason"], withheld_fields=[])
    assert states(cast.ogc) == {"whole": "upheld"}


@pytest.mark.parametrize(
    ("left", "state", "step"), [(-1, "expired", None), (0, "ending", 7), (7, "ending", 7), (8, "ending", 30),
                                (30, "ending", 30), (31, "upheld", None)],
)  # fmt: skip
def test_an_upheld_one_ends_on_its_day(left: int, state: str, step: int | None) -> None:
    one, today = withholding.Withheld("", "other", "foia_7", "x"), date(2026, 6, 1)
    review = WithholdingReview(
        category="other", ground="foia_7", reason="x", verdict="upheld", expires_on=today + timedelta(days=left)
    )
    assert withholding.state(one, review, today) == state
    assert withholding.step(review.expires_on, today) == step


def test_owner_and_reviewer_are_told_before_the_end_and_once_each(cast: Any) -> None:
    case = case_of(cast)
    end = TODAY() + YEAR
    decide(case, cast.ogc)
    told = [watch_withholding(end - timedelta(days=left)) for left in (31, 30, 30, 12, 7, 6, 0, -1, -2)]
    assert told == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    while dispatch():
        pass
    ends = [one for one in mail.outbox if " ends on " in one.subject or "has ended" in one.subject]
    assert {one.to[0] for one in ends} == {cast.officer.email, cast.ogc.email} and len(ends) == 6
    assert f"/inventory/withholding/{case.use_case_id}/whole/" in ends[0].body
    assert all("where to look" not in one.body for one in mail.outbox), "a mail tells no reason"
    assert any("was upheld" in one.subject and one.to == [cast.officer.email] for one in mail.outbox)


def test_refused_or_expired_it_is_a_concern_and_stays_out_of_the_public_file(cast: Any) -> None:
    case = case_of(cast)
    open_case = make.use_case(given=make.answers(), filed_on=date(2026, 1, 28), status="recorded")
    decide(case, cast.ogc, "refused")
    decide(case, cast.priv, "upheld", "system_outputs")
    count_quality(actor=cast.manager)
    mark = QualityMark.objects.get(code="withholding_not_carried")
    assert (mark.field, mark.use_case, mark.cleared_on) == ("is_withheld", case, None)
    layout = all_layouts()["omb-2025"]
    made = export(actor=cast.manager, layout=layout, audience="public", format="csv", cycle=2025)
    text = made.content.decode("utf-8-sig")
    assert open_case.use_case_id in text and case.use_case_id not in text
    count_quality(actor=cast.manager, as_of=TODAY() + timedelta(days=301))
    assert set(QualityMark.objects.filter(code="withholding_not_carried").values_list("field", flat=True)) == {
        "is_withheld", "system_outputs",
    }  # fmt: skip
    decide(case, cast.ogc)
    count_quality(actor=cast.manager)
    assert not QualityMark.objects.filter(code="withholding_not_carried", cleared_on=None).exists()


def test_a_reason_about_a_restricted_answer_is_for_who_may_know(cast: Any, sign_in: Any) -> None:
    case = case_of(cast)
    need_to_know.restrict(case, ["system_outputs"], reason="Invented.", actor=cast.officer)
    page = reverse("withholding-review", args=[case.use_case_id, "system_outputs"])
    hidden = sign_in(cast.ogc).get(page).content.decode()
    assert "recipe" not in hidden and "Ask" in hidden and "Save the verdict" not in hidden
    with pytest.raises(Refused):
        decide(UseCase.objects.get(pk=case.pk), cast.ogc, field="system_outputs")
    assert sign_in(cast.ogc).post(page, {}).status_code == 403
    before = Event.objects.filter(kind="use_case.answers_viewed").count()
    assert "recipe" in sign_in(cast.caio).get(page).content.decode()
    assert Event.objects.filter(kind="use_case.answers_viewed").count() == before + 1


def test_from_the_list_to_a_verdict_and_the_counts(cast: Any, sign_in: Any) -> None:
    case = case_of(cast)
    client = sign_in(cast.ogc)
    page = reverse("withholding-review", args=[case.use_case_id, "whole"])
    assert case.use_case_id in client.get(reverse("withholding-overview"), {"state": "unreviewed"}).content.decode()
    assert "where to look" in client.get(page).content.decode()
    given = {"verdict": "upheld", "why": "It holds.", "seen": seen(case)}
    assert client.post(page, given).status_code == 400, "what is upheld has an end"
    assert client.post(page, {**given, "expires_on": (TODAY() + YEAR).isoformat()}).status_code == 302
    assert states(cast.ogc)["whole"] == "upheld"
    assert client.get(reverse("withholding-review", args=[case.use_case_id, "benefits"])).status_code == 404
    assert client.get(reverse("withholding-counts")).status_code == 403
    manager = sign_in(cast.manager)
    text = manager.get(reverse("withholding-counts"), {"format": "csv"}).content.decode("utf-8-sig")
    rows = [row[:3] for row in csv.reader(io.StringIO(text))]
    assert ["Withheld cases by stage", "Deployed", "1"] in [[a, b.split(" ")[0].rstrip(":"), c] for a, b, c in rows]
    assert sum(1 for row in rows if row[0].startswith("Minimum practices") and row[2] == "1") == 1
    assert sum(1 for row in rows if row[0].startswith("Details")) == 1
    for table in reads.counts(reads.entries(cast.manager, TODAY())):
        for words, number, query in table.rows:
            shown = manager.get(f"{reverse('withholding-overview')}?{query}&format=csv").content.decode("utf-8-sig")
            assert len(list(csv.reader(io.StringIO(shown)))) - 1 == number, words
