"""The message that ticked reasons write: built by the server where no script runs, and what a person wrote stays."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from audit.models import Event
from governance import return_reasons
from tests import lives

LISTED = return_reasons.offered("PRIV")
FIRST, SECOND = LISTED[0], LISTED[1]


def test_ticked_sentences_stand_once_and_unticked_ones_go_and_own_words_stay() -> None:
    def merged(text: str, *codes: str) -> str:
        return return_reasons.merged(text, codes, LISTED)

    both = merged("", FIRST.code, SECOND.code)
    assert both == f"{FIRST.sentence}\n\n{SECOND.sentence}"
    assert merged(both, FIRST.code, SECOND.code) == both
    assert merged(f"Dear colleague,\r\n\r\n{both}", SECOND.code) == f"Dear colleague,\n\n{SECOND.sentence}"
    assert merged(both) == ""


def test_the_server_writes_the_message_on_request_and_decides_nothing_by_it(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    given = {"verb": "return", "reasons": [FIRST.code], "message": "Dear colleague,", "build": "1"}
    before = Event.objects.count()
    page = sign_in(cast.priv).post(reverse("reviews-lane", args=[lane.uuid]), given).content.decode()
    assert f"Dear colleague,\n\n{FIRST.sentence}" in page
    assert "Write the message from the reasons" in page
    assert lives.lane(lane.review.use_case).status == "open" and Event.objects.count() == before
