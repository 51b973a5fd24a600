"""The condition grammar: what holds, what is unknown, what is refused at load."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.conditions import Clause, Condition, ConditionError, compile, shift

FIELDS = ("stage", "impact", "features", "count", "started_on", "due_on")


def holds(tree, answers=None, as_of=None):
    return compile(tree, FIELDS).holds(answers or {}, as_of)


@pytest.mark.parametrize(
    ("tree", "answers", "expected"),
    [
        ({"is": ["stage", "pilot"]}, {"stage": "pilot"}, True),
        ({"is": ["stage", "pilot"]}, {"stage": "deployed"}, False),
        ({"in": ["stage", ["pilot", "deployed"]]}, {"stage": "deployed"}, True),
        ({"in": ["stage", ["pilot"]]}, {"stage": "deployed"}, False),
        ({"has": ["features", "age"]}, {"features": ["sex", "age"]}, True),
        ({"has": ["features", "age"]}, {"features": ["sex"]}, False),
        ({"has": ["features", "age"]}, {"features": "average"}, False),
        ({"known": "stage"}, {"stage": "x"}, True),
        ({"known": "stage"}, {"stage": "  "}, False),
        ({"known": "features"}, {"features": []}, False),
        ({"at_least": ["count", 3]}, {"count": 3}, True),
        ({"at_least": ["count", 3]}, {"count": "2"}, False),
        ({"at_most": ["count", 3]}, {"count": 3}, True),
        ({"at_most": ["count", 3]}, {"count": 4}, False),
        ({"all": []}, {}, True),
        ({"all": [{"is": ["stage", "a"]}, {"is": ["impact", "b"]}]}, {"stage": "a", "impact": "b"}, True),
        ({"all": [{"is": ["stage", "a"]}, {"is": ["impact", "b"]}]}, {"stage": "a", "impact": "c"}, False),
        ({"any": [{"is": ["stage", "a"]}, {"is": ["impact", "b"]}]}, {"impact": "b"}, True),
        ({"not": {"is": ["stage", "a"]}}, {"stage": "b"}, True),
        ({"not": {"is": ["stage", "a"]}}, {"stage": "a"}, False),
    ],
)
def test_a_test_on_given_facts(tree, answers, expected):
    assert holds(tree, answers) is expected


LEAVES = [
    {"is": ["stage", "a"]}, {"in": ["stage", ["a"]]}, {"has": ["features", "a"]},
    {"at_least": ["count", 1]}, {"at_most": ["count", 1]},
    {"before": ["started_on", date(2026, 1, 1)]}, {"on_or_after": ["started_on", "as_of"]},
]  # fmt: skip


@pytest.mark.parametrize("leaf", LEAVES)
@pytest.mark.parametrize("blank", [{}, dict.fromkeys(FIELDS), dict.fromkeys(FIELDS, ""), dict.fromkeys(FIELDS, [])])
def test_what_nobody_answered_does_not_hold_also_under_not(leaf, blank):
    assert not holds(leaf, blank, date(2026, 1, 1))
    assert not holds({"not": leaf}, blank, date(2026, 1, 1))
    assert not holds({"not": {"not": leaf}}, blank, date(2026, 1, 1))
    assert not holds({"not": {"any": [leaf, leaf]}}, blank, date(2026, 1, 1))


def test_not_known_asks_for_the_missing_answer():
    assert holds({"not": {"known": "stage"}}, {})
    assert not holds({"not": {"known": "stage"}}, {"stage": "a"})


def test_a_part_that_decides_alone_decides_although_another_is_unknown():
    both = [{"is": ["stage", "a"]}, {"is": ["impact", "b"]}]
    assert holds({"any": both}, {"stage": "a"})
    assert holds({"not": {"all": both}}, {"stage": "z"})
    assert not holds({"not": {"any": both}}, {"stage": "z"})


def test_a_value_that_is_no_number_or_no_date_is_unknown_not_false():
    for tree in ({"at_least": ["count", 1]}, {"before": ["started_on", date(2026, 1, 1)]}):
        assert not holds(tree, {"count": "many", "started_on": "spring"})
        assert not holds({"not": tree}, {"count": "many", "started_on": "spring"})


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"before": ["started_on", date(2026, 4, 3)]}, True),
        ({"before": ["started_on", "2026-04-02"]}, False),
        ({"on_or_after": ["started_on", "2026-04-02"]}, True),
        ({"before": ["started_on", "as_of"]}, True),
        ({"before": ["started_on", "due_on"]}, True),
        ({"on_or_after": ["as_of", {"from": "started_on", "days": 30}]}, True),
        ({"on_or_after": ["as_of", {"from": "started_on", "days": 31}]}, False),
        ({"on_or_after": ["as_of", {"from": "started_on", "years": 1}]}, False),
        ({"on_or_after": ["started_on", {"from": "as_of", "days": -30}]}, True),
    ],
)
def test_dates_by_literal_field_as_of_and_offset(tree, expected):
    answers = {"started_on": "2026-04-02", "due_on": "2026-04-03"}
    assert holds(tree, answers, date(2026, 5, 2)) is expected


def test_without_an_as_of_a_test_on_it_does_not_hold():
    assert not holds({"before": ["started_on", "as_of"]}, {"started_on": "2026-04-02"})


def test_the_anniversary_of_29_february_is_28_february():
    assert shift(date(2024, 2, 29), years=1) == date(2025, 2, 28)
    assert shift(date(2024, 2, 29), years=4) == date(2028, 2, 29)


def test_an_offset_beyond_the_calendar_is_unknown():
    late = {"before": ["started_on", {"from": "as_of", "years": 9000}]}
    assert not holds(late, {"started_on": "2026-01-01"}, date(2026, 1, 1))
    assert not holds({"not": late}, {"started_on": "2026-01-01"}, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("tree", "path", "words"),
    [
        ({"is": ["colour", "a"]}, "is", "unknown field 'colour'"),
        ({"equals": ["stage", "a"]}, "", "unknown operator 'equals'"),
        ({"all": [{"is": ["stage", "a"]}, {"has": ["nowhere", "a"]}]}, "all[1].has", "unknown field"),
        ({"any": []}, "any", "never hold"),
        ({"any": {"is": ["stage", "a"]}}, "any", "list of conditions"),
        ({"not": [{"is": ["stage", "a"]}]}, "not", "exactly one operator"),
        ({"is": ["stage", "a"], "in": ["stage", ["b"]]}, "", "exactly one operator"),
        ({"is": ["stage"]}, "is", "field and a value"),
        ({"is": ["stage", ["a"]]}, "is", "single value"),
        ({"is": ["stage", None]}, "is", "single value"),
        ({"in": ["stage", "pilot"]}, "in", "list of values"),
        ({"in": ["stage", []]}, "in", "list of values"),
        ({"at_least": ["count", "3"]}, "at_least", "not a number"),
        ({"before": ["started_on", "soon"]}, "before", "neither a date"),
        ({"before": ["2026-01-01", "as_of"]}, "before", "unknown field"),
        ({"before": ["started_on", {"days": 3}]}, "before", "from, days and years"),
        ({"before": ["started_on", {"from": "as_of", "weeks": 3}]}, "before", "from, days and years"),
        ({"before": ["started_on", {"from": "as_of", "days": 1.5}]}, "before", "whole number"),
        ({"before": ["started_on", {"from": {"from": "as_of"}, "days": 1}]}, "before", "from must be"),
        ({"not": {"any": [{"known": "nothing"}]}}, "not.any[0].known", "unknown field"),
        ("stage", "", "exactly one operator"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_path(tree, path, words):
    with pytest.raises(ConditionError, match=words) as caught:
        compile(tree, FIELDS)
    assert caught.value.path == path


def test_explains_the_clauses_that_matched_and_no_others():
    tree = {
        "all": [
            {"any": [{"is": ["stage", "pilot"]}, {"is": ["stage", "deployed"]}]},
            {"not": {"any": [{"is": ["impact", "none"]}, {"at_least": ["count", 9]}]}},
        ]
    }
    condition = compile(tree, FIELDS)
    answers = {"stage": "deployed", "impact": "high", "count": 2}
    assert condition.explain(answers) == (
        "stage is deployed",
        "not (impact is none)",
        "not (count is at least 9)",
    )
    assert condition.matched(answers)[0] == Clause("is", "stage", "deployed")
    assert condition.explain({"stage": "retired", "impact": "high", "count": 2}) == ()


def test_explains_dates_and_lists_in_words():
    tree = {"all": [{"on_or_after": ["as_of", {"from": "due_on", "years": 1}]}, {"in": ["stage", ["a", "b"]]}]}
    words = compile(tree, FIELDS).explain({"due_on": "2025-01-01", "stage": "b"}, date(2026, 6, 1))
    assert words == ("as_of is on or after due_on plus 1 year", "stage is one of a, b")


def test_names_every_field_it_reads():
    tree = {"any": [{"before": ["started_on", {"from": "due_on", "days": 1}]}, {"not": {"known": "stage"}}]}
    assert compile(tree, FIELDS).fields == {"started_on", "due_on", "stage"}


# -- properties -------------------------------------------------------------------------------------

answers_of = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["a", "b", "", None]),
        "impact": st.sampled_from(["a", "b"]),
        "features": st.lists(st.sampled_from(["a", "b", "c"]), unique=True),
        "count": st.one_of(st.integers(-3, 3), st.sampled_from(["1", "x"])),
        "started_on": st.sampled_from(["2026-01-01", "2026-06-01", "never"]),
    },
)
leaf_trees = st.one_of(
    st.builds(lambda f, v: {"is": [f, v]}, st.sampled_from(["stage", "impact"]), st.sampled_from(["a", "b"])),
    st.builds(lambda v: {"has": ["features", v]}, st.sampled_from(["a", "b"])),
    st.builds(lambda n: {"at_least": ["count", n]}, st.integers(-2, 2)),
    st.builds(lambda f: {"known": f}, st.sampled_from(FIELDS)),
    st.just({"before": ["started_on", "as_of"]}),
)
trees = st.recursive(
    leaf_trees,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=8,
)
DAY = date(2026, 3, 1)


def built(tree) -> Condition:
    return compile(tree, FIELDS)


@given(trees, answers_of)
def test_a_condition_and_its_opposite_never_both_hold(tree, answers):
    assert not (built(tree).holds(answers, DAY) and built({"not": tree}).holds(answers, DAY))


@given(trees, answers_of)
def test_two_nots_cancel(tree, answers):
    assert built({"not": {"not": tree}}).holds(answers, DAY) == built(tree).holds(answers, DAY)


@given(st.lists(trees, min_size=1, max_size=3), answers_of)
def test_de_morgan(parts, answers):
    negated = [{"not": part} for part in parts]
    assert built({"not": {"all": parts}}).holds(answers, DAY) == built({"any": negated}).holds(answers, DAY)
    assert built({"not": {"any": parts}}).holds(answers, DAY) == built({"all": negated}).holds(answers, DAY)


@given(trees, answers_of)
def test_only_the_fields_it_names_matter(tree, answers):
    condition = built(tree)
    kept = {field: value for field, value in answers.items() if field in condition.fields}
    assert condition.holds(kept, DAY) == condition.holds(answers, DAY)


@given(trees, answers_of)
def test_what_it_explains_is_true_by_itself(tree, answers):
    for clause in built(tree).matched(answers, DAY):
        value = list(clause.value) if isinstance(clause.value, tuple) else clause.value
        operand = clause.field if clause.operator == "known" else [clause.field, value]
        leaf = {clause.operator: operand}
        assert built({"not": leaf} if clause.negated else leaf).holds(answers, DAY)


def known_free(tree) -> bool:
    if "known" in tree:
        return False
    inner = next(iter(tree.values()))
    parts = inner if "all" in tree or "any" in tree else [inner] if "not" in tree else []
    return all(known_free(part) for part in parts)


@given(trees.filter(known_free), answers_of, st.sampled_from(FIELDS))
def test_taking_an_answer_away_never_makes_anything_hold(tree, answers, field):
    fewer = {name: value for name, value in answers.items() if name != field}
    assert not built(tree).holds(fewer, DAY) or built(tree).holds(answers, DAY)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-400, 400), st.integers(-40, 40))
def test_a_shift_is_at_most_a_day_from_the_anniversary(day, days, years):
    moved = shift(day, days=days, years=years)
    assert moved is not None
    back = moved - timedelta(days=days)
    assert (back.year, back.month) == (day.year + years, day.month)
    assert day.day - back.day in (0, 1)
