"""Cases with the same name or the same justification."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from governance.compliance.contract import Namesake
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.filings import counting, counting_answers
from registry import handling as handlings
from registry.models import Filing
from registry.models.use_case import Handling, Status
from registry.quality import name_key


class Twins:
    """Other cases with the same name or the same justification, found once for all.

    Restricted cases are nobody's namesake, and a restricted justification is nobody's: a message would tell of them
    to people who may not know (section 4).
    """

    def __init__(self, clocks: Clocks | None) -> None:
        self._clocks = clocks
        self._as_of = clocks.as_of if clocks else date.min
        self._keys: dict[int, tuple[str, str]] = {}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_text: dict[str, set[int]] = defaultdict(set)
        self._filings: dict[int, Filing] = {}
        if clocks:
            self._index(clocks)

    def _index(self, clocks: Clocks) -> None:
        rows = counting(clocks).exclude(use_case__status__in=[Status.DRAFT, Status.WITHDRAWN])
        answers = KeyTransform("answers", "revision__document")
        name, text = KeyTextTransform("use_case_name", answers), KeyTextTransform("hi_justification", answers)
        columns = ("use_case", "use_case__handling", "use_case__restricted_fields", name, text)
        for pk, handling, fields, called, because in rows.values_list(*columns):
            said = "" if "hi_justification" in handlings.restricted(fields) else (because or "").strip()
            self._keys[pk] = keys = name_key(called or ""), said
            if handling != Handling.RESTRICTED:
                self._by_name[keys[0]].add(pk)
                self._by_text[keys[1]].add(pk)

    def read(self, chunk: list[int]) -> None:
        """Fetch the documents of the namesakes a chunk has, in one query."""
        wanted = {other for pk in chunk for other in self._others(pk)}
        if wanted and self._clocks:
            rows = counting(self._clocks).filter(use_case__in=wanted)
            found = rows.select_related("revision", "use_case__component")
            self._filings = {row.use_case_id: row for row in found}

    def _others(self, pk: int) -> set[int]:
        name, text = self._keys.get(pk, ("", ""))
        same = self._by_name[name] if name else set()
        alike = self._by_text[text] if text else set()
        return (same | alike) - {pk}

    def of(self, pk: int) -> Iterable[Namesake]:
        """The namesakes of one case, by Use Case ID."""
        name, text = self._keys.get(pk, ("", ""))
        found = [self._filings[other] for other in self._others(pk)]
        for filing in sorted(found, key=lambda filing: filing.use_case.use_case_id):
            keys = self._keys[filing.use_case_id]
            yield Namesake(
                use_case_id=filing.use_case.use_case_id,
                component=filing.use_case.component.code,
                answers=counting_answers(filing, self._as_of),
                has_same_name=bool(name) and keys[0] == name,
                has_same_justification=bool(text) and keys[1] == text,
            )
