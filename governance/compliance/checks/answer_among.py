"""An answer is one of those a provision is content with (each provision names question and answers)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, WARNING, Problem, Snapshot
from governance.compliance.params import a_field, required, some_words, takes


@takes(field=required(a_field), good=required(some_words))
def answer_among(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The question is answered otherwise, or not at all.

    `params.field` names the question, `params.good` the answers that need nothing more.
    """
    name = params["field"]
    if not snapshot.asks(name) or snapshot.withholds(name):
        return
    question, answer = snapshot.form.by_field[name], snapshot.answers.get(name)
    if not answer:
        yield Problem(f"Not answered: “{question.title}”.", NOTICE, "unanswered", field=name)
    elif answer not in params["good"]:
        yield Problem(f"“{question.title}” is answered: {question.words(answer)}.", WARNING, "answer", field=name)
