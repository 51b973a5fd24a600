"""Several lanes signed off together: only what is as the office approved it, each with its own record, all or none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import lanes
from governance.actions.lanes_together import decide_together
from governance.models import Lane
from governance.reads.lanes_together import candidates
from registry.models import UseCase
from tests import lives, make


def again(cast: Any, **changes: Any) -> UseCase:
    """Approved by the Privacy Office in round 1, sent back by CISO; round 2 closed before it; round 3 is open.

    The lane of the round before was closed, so nothing carries over by itself.
    """
    case = lives.in_review(cast, scr_ato="none")
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="sign_off", message="Fine.", no_conflict=True)
    for n in (1, 2):
        if n == 2:
            Lane.objects.filter(pk=lives.lane(case).pk).update(carried_from=None)
        lanes.decide_lane(
            lives.lane(case, "CISO"), actor=cast.ciso, verb="return", message="Say more.", no_conflict=True
        )
        changed = {"benefits": f"Said more, {n}.", **(changes if n == 2 else {})}
        author = cast.priv if n == 1 else cast.officer  # whoever signed has written: nothing carries over
        case = lives.to_review_again(lives.answer(case, author, **changed), cast)
    return case


def reasons(user: Any, *cases: UseCase) -> list[str]:
    rows = [lives.lane(case) for case in cases]
    return [" ".join(found.reasons) for found in candidates(user, rows)]


def test_what_is_as_it_was_approved_is_signed_together_each_with_its_own_record(cast: Any) -> None:
    first, second = again(cast), again(cast)
    rows = [lives.lane(first), lives.lane(second)]
    assert [row.status for row in rows] == ["open", "open"]
    assert reasons(cast.priv2, first, second) == ["", ""]
    assert decide_together(rows, actor=cast.priv2, message="As before.", no_conflict=True) == 2
    for case in (first, second):
        lane = lives.lane(case)
        assert (lane.status, lane.decided_by, lane.message) == ("signed_off", cast.priv2, "As before.")
    events = Event.objects.filter(kind="lane.signed_off", actor=cast.priv2)
    assert {event.subject_id for event in events} == {str(row.uuid) for row in rows}
    assert len({event.act for event in events}) == 1
    with pytest.raises(Stale, match="Nothing was signed"):
        decide_together(rows, actor=cast.priv2, no_conflict=True)


def test_why_others_are_decided_on_their_own(cast: Any) -> None:
    new, changed, ready = lives.in_review(cast), again(cast, scr_pii="unknown"), again(cast)
    assert reasons(cast.priv2, new, changed, ready) == [
        "PRIV has not approved this case before.",
        "Changed since the last approval: Personal information expected.",
        "",
    ]
    assert "you cannot sign it" in reasons(cast.priv, ready)[0], "who wrote since is no judge"
    assert "Only reviewers of the Privacy Office" in reasons(cast.crcl, ready)[0]
    with pytest.raises(Refused, match="Changed since the last approval"):
        decide_together([lives.lane(ready), lives.lane(changed)], actor=cast.priv2, no_conflict=True)
    assert lives.lane(ready).status == "open", "all or none"
    with pytest.raises(Refused, match="Select at least one"):
        decide_together([], actor=cast.priv2, no_conflict=True)


def test_an_approval_followed_by_a_return_or_resting_on_an_open_condition_does_not_count(cast: Any) -> None:
    case = again(cast)
    lanes.decide_lane(lives.lane(case), actor=cast.priv2, verb="return", message="Now I see it.", no_conflict=True)
    case = lives.to_review_again(lives.answer(case, cast.officer, benefits="Mended."), cast)
    assert reasons(cast.priv2, case) == ["PRIV sent it back or objected after its last approval."]
    due = timezone.localdate() + timedelta(days=9)
    lanes.decide_lane(
        lives.lane(case),
        actor=cast.priv2,
        verb="sign_off_with_conditions",
        conditions=[("Name it.", due)],
        no_conflict=True,
    )
    lanes.decide_lane(lives.lane(case, "CISO"), actor=cast.ciso, verb="return", message="Say more.", no_conflict=True)
    case = lives.to_review_again(lives.answer(case, cast.priv2, benefits="By the signer."), cast)
    third = make.member("office_reviewer", "Tara Third", office_code="PRIV")
    assert reasons(third, case) == ["A condition of the last approval is not met yet."]


def test_the_page_shows_which_qualify_and_signs_them_with_one_confirm(cast: Any, sign_in: Any) -> None:
    ready, new = again(cast), lives.in_review(cast)
    given = {"lane": [str(lives.lane(ready).uuid), str(lives.lane(new).uuid), "forged"]}
    client, address = sign_in(cast.priv2), reverse("reviews-together")
    page = client.post(address, given).content.decode()
    assert "Sign off 1 lane" in page and "has not approved this case before" in page
    assert lives.lane(ready).status == "open", "looking signs nothing"
    client.post(address, {**given, "confirm": "1", "message": "As before.", "no_conflict": "on"})
    assert lives.lane(ready).status == "open", "a forged confirm with a lane that does not qualify signs none"
    assert Event.objects.filter(kind="act.refused", data__verb="decide_together").count() == 1
    client.post(
        address, {"lane": [str(lives.lane(ready).uuid)], "confirm": "1", "message": "As before.", "no_conflict": "on"}
    )
    assert lives.lane(ready).message == "As before."
    assert sign_in(cast.officer).get(address).status_code == 403
