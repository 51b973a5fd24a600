"""A list of answers holds what a provision asks for, such as a term of a contract."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, WARNING, Problem, Snapshot
from governance.compliance.params import a_field, required, some_words, takes


@takes(field=required(a_field), codes=required(some_words))
def answer_includes(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """One of the answers asked for is not among those given, or nothing is answered.

    `params.field` names the question, `params.codes` what has to be among its answers.
    """
    name = params["field"]
    if not snapshot.asks(name) or snapshot.withholds(name):
        return
    question, given = snapshot.form.by_field[name], snapshot.answers.get(name) or []
    missing = [code for code in params["codes"] if code not in given]
    if not given:
        yield Problem(f"Not answered: “{question.title}”.", NOTICE, "unanswered", field=name)
    elif missing:
        text = f"“{question.title}” does not have: {question.words(missing)}."
        yield Problem(text, WARNING, "missing", field=name)
