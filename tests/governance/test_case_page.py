"""A case's own page: what it is, where it stands and what to do come first; the rest is folded, and nothing is gone."""

import re
from typing import Any

from registry.actions.owners import set_team_mailbox
from tests import make
from tests.governance import scenes


def folds(page: str) -> list[str]:
    """The summaries of what is folded."""
    return [
        " ".join(re.sub(r"<[^>]+>", " ", one).split())
        for one in re.findall(r'<details class="folded"[^>]*><summary>(.*?)</summary>', page, re.S)
    ]


def test_the_main_facts_stand_open_and_first_and_other_sections_are_folded(cast: Any, sign_in: Any) -> None:
    case = make.use_case(owner=cast.officer)
    response = sign_in(cast.officer).get(case.get_absolute_url())
    page, parts = response.content.decode(), response.context["parts"]
    assert parts[0].is_main and not any(part.is_main for part in parts[1:])
    for part in parts[1:]:
        assert any(fold.startswith(part.title) for fold in folds(page)), part.title
        assert all(line.label in page.replace("&#x27;", "'") for line in part.lines if line.state != "blank")
    assert not any(fold.startswith(parts[0].title) for fold in folds(page))


def test_what_is_reported_of_the_practices_stands_once_beside_them(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    response = sign_in(cast.officer).get(case.get_absolute_url())
    page = response.content.decode()
    assert len(response.context["practices"]) == 7 and len(response.context["beside"]) == 2
    assert not any(fold.startswith("Seven minimum practices") for fold in folds(page))
    for line in response.context["beside"]:
        assert page.count(f"<dt>{line.label}</dt>") == 1


def test_a_long_timeline_and_many_findings_are_folded_after_the_first(cast: Any, sign_in: Any) -> None:
    scenes.catalogue()
    case = scenes.deployed(owner=cast.officer)
    scenes.run()
    for number in range(7):
        set_team_mailbox(case, f"team{number}@example.invalid", actor=cast.officer)
    page = sign_in(cast.officer).get(case.get_absolute_url())
    findings, history = len(page.context["findings"]), len(page.context["history"])
    found = folds(page.content.decode())
    assert findings > 3 and f"{findings - 3} more findings" in found
    assert history > 6 and f"{history - 6} earlier" in found
