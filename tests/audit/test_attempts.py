"""Every refusal has words: the home page of an auditor never shows a function's name."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit.attempts import TRIED
from audit.log import record_refusal
from tests import make

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "registry", "governance")


def trees(*patterns: str) -> Iterator[ast.Module]:
    for app in APPS:
        for pattern in patterns:
            for path in (ROOT / app).glob(pattern):
                yield ast.parse(path.read_text())


def actions() -> set[str]:
    """What somebody does: public functions that take `actor` by name."""
    return {
        node.name
        for tree in trees("actions.py", "actions/**/*.py")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(word.arg == "actor" for word in node.args.kwonlyargs)
    }


def named_by_pages() -> Iterator[str]:
    """Names pages and the API use as a value, which is how an action gets to `attempt()`, and verbs they give."""
    for tree in trees("views.py", "views/**/*.py", "api/**/*.py"):
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and id(node) not in called:
                yield node.attr if isinstance(node, ast.Attribute) else node.id
            if isinstance(node, ast.keyword) and node.arg == "verb" and isinstance(node.value, ast.Constant):
                yield node.value.value if "_" in node.value.value else ""


def test_every_verb_a_refusal_can_be_recorded_under_has_words() -> None:
    used = set(named_by_pages()) & (actions() | {"add_evidence", "comment"})
    assert {"save_section", "add_evidence", "decide", "vote", "set_handling", "record_evidence"} <= used
    assert sorted(used - TRIED.keys()) == []


def test_the_auditors_home_says_what_was_tried_in_words(cast: Any, sign_in: Any) -> None:
    case = make.use_case(owner=cast.officer)
    record_refusal(case, actor=cast.colleague, verb="add_evidence", reasons=["Only the owner changes the evidence."])
    page = sign_in(cast.auditor).get("/").content.decode()
    assert "Colin Colleague tried to add evidence" in page and "Only the owner changes the evidence." in page
    assert "add_evidence" not in page and case.get_absolute_url() in page
