"""What the reports about practices share: rows without the names of restricted cases, editions, charts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from governance.compliance import judge, matrix
from governance.compliance.contract import Snapshot
from governance.compliance.matrix import HEADS, Matrix, Row
from governance.reports.charts import Chart, stacked
from governance.reports.status_parts import HIDDEN
from registry.models.policy import edition_label

HELD = "Answer withheld"


def rows(found: Iterable[Snapshot]) -> Matrix:
    """The deployed high-impact cases; a restricted one is counted and not named."""
    return matrix.build(row for row in (_row(snapshot) for snapshot in found) if row)


def _row(snapshot: Snapshot) -> Row | None:
    row = matrix.row_of(snapshot)
    if row is None or not row.is_restricted:
        return row
    return replace(row, name=HIDDEN, use_case_id="", cells=tuple(replace(cell, reported=HELD) for cell in row.cells))


def editions(rules: Sequence[judge.Rule]) -> tuple[str, ...]:
    """The editions judged under, each once."""
    return tuple(
        dict.fromkeys(
            edition_label(rule.instrument.short, rule.edition.effective_from, rule.edition.reading)
            + (", disputed: advisory only" if rule.is_advisory else "")
            for rule in rules
        )
    )


def charts(shown: Matrix) -> tuple[Chart, ...]:
    """How cases stand by component and by practice."""
    series = ("Not met", "On the component’s word", "Met")
    groups = [(g.component, (g.count("not_met"), g.count("on_word"), g.count("met"))) for g in shown.groups]
    practices = []
    for name, (head, _) in HEADS.items():
        cells = [cell for row in shown.rows for cell in row.cells if cell.practice == name]
        counted = Counter(0 if cell.position.is_not_met else 1 if cell.position.rests_on_word else 2 for cell in cells)
        practices.append((head, (counted[0], counted[1], counted[2])))
    return (
        stacked("components", "Deployed high-impact cases by component", series, "Component", groups),
        stacked("practices", "Deployed high-impact cases by practice", series, "Practice", practices),
    )
