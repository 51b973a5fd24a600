"""Differences between two documents."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import diff
from registry.diff import Change, Side, Span


def document(withheld=None, flagged=None, **answers):
    return {"answers": answers, "withheld": withheld or {}, "flagged": flagged or {}}


def test_equal_documents_have_no_changes():
    assert diff.compare(document(name="A", codes=["x"]), document(name="A", codes=["x"])) == ()
    assert diff.compare({}, document()) == ()


def test_an_answer_added_removed_and_changed():
    changes = diff.compare(document(a="1", b="2", c=["x"]), document(b="3", c=["x", "y"], d="4"))
    assert [(change.field, change.kind) for change in changes] == [
        ("a", "removed"),
        ("b", "changed"),
        ("c", "changed"),
        ("d", "added"),
    ]
    assert changes[0] == Change("a", "removed", Side("answered", "1"), Side("blank", None), ())
    assert changes[2].spans == ()


def test_fields_stand_in_the_order_of_the_form():
    changes = diff.compare({}, document(a="1", b="1", z="1"), order=["z", "a"])
    assert [change.field for change in changes] == ["z", "a", "b"]


def test_a_blank_answer_is_no_answer():
    assert diff.compare(document(a="", b=[]), document()) == ()


def test_text_is_compared_word_by_word():
    before = "Public bilingual text, and 4,000 sample records with names removed"
    after = "Public bilingual text, and 26,500 scanned records"
    (change,) = diff.compare(document(data=before), document(data=after))
    assert change.spans[0] == Span("same", "Public bilingual text, and ")
    assert Span("removed", "sample") in change.spans
    assert Span("added", "scanned") in change.spans


@pytest.mark.parametrize(
    ("before", "after", "states"),
    [
        (document(v="Larkfield"), document(withheld={"v": "LES"}), ("answered", "withheld")),
        (document(withheld={"v": "LES"}), document(v="Larkfield"), ("withheld", "answered")),
        (document(flagged={"v": {"text": "??", "code": "x"}}), document(v="y"), ("flagged", "answered")),
        (document(withheld={"v": "LES"}), document(withheld={"v": "Sensitive"}), ("withheld", "withheld")),
    ],
)
def test_a_change_between_answer_withheld_and_flagged_shows_no_words(before, after, states):
    (change,) = diff.compare(before, after)
    assert (change.before.state, change.after.state) == states
    assert (change.kind, change.spans) == ("changed", ())


def test_the_same_text_flagged_and_then_answered_is_a_change():
    (change,) = diff.compare(document(flagged={"v": {"text": "CV"}}), document(v="CV"))
    assert change.before == Side("flagged", "CV")


texts = st.text(alphabet="ab é.\n ", max_size=60)


@given(texts, texts)
def test_spans_give_both_texts_back(before, after):
    spans = diff.words(before, after)
    assert "".join(span.text for span in spans if span.operation != "added") == before
    assert "".join(span.text for span in spans if span.operation != "removed") == after


@given(st.lists(st.sampled_from(["red", "blue", "10%", "-"]), max_size=12))
def test_equal_texts_are_one_span_at_most(tokens):
    text = " ".join(tokens)
    assert diff.words(text, text) == ((Span("same", text),) if text else ())


def test_the_longest_answers_of_repeated_words_are_compared_quickly():
    started = time.perf_counter()
    spans = diff.words("a b " * 5_000, "b a " * 5_000)
    assert time.perf_counter() - started < 5
    assert "".join(span.text for span in spans if span.operation != "removed") == "b a " * 5_000
