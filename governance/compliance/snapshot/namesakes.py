"""Cases with the same name or the same justification.

Restricted cases are nobody's namesake, and a restricted justification is nobody's: a message would tell of them to
people who may not know (section 4).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from django.db import connection
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from governance.compliance.contract import Namesake
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.filings import Filed, Forms, among, counting, filings_of, open_documents
from governance.models import NameKey
from registry import asking
from registry import handling as handlings
from registry.models.use_case import Handling, Status
from registry.quality import name_key

AT_ONCE = 2000


class Keys(NamedTuple):
    """What one case is compared by: hashes, empty for none. `is_seen`: whether it may be anybody's namesake."""

    name: str
    text: str
    is_seen: bool


class Pair(NamedTuple):
    """A case and one of its namesakes."""

    case: int
    other: int
    has_same_name: bool
    has_same_text: bool


class Namesakes:
    """The namesakes of a chunk's cases; how they are found is said by `_pairs`."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._found: dict[int, list[tuple[Pair, Filed]]] = {}
        self._answers: dict[int, dict[str, object]] = {}

    def read(self, chunk: Sequence[int], forms: Forms, *, opened: bool = True) -> None:
        """Fetch what the namesakes of a chunk have filed, in one query; their documents too unless told otherwise."""
        self._forms, self._found, self._answers = forms, {}, {}
        pairs = list(self._pairs(chunk))
        if not pairs:
            return
        others = {pair.other for pair in pairs}
        filings = {filed.pk: filed for filed in filings_of(others, self._clocks, hashed=not opened, opened=opened)}
        by_case = defaultdict(list)
        for pair in pairs:
            if filed := filings.get(pair.other):
                by_case[pair.case].append((pair, filed))
        self._found = {case: sorted(found, key=lambda one: one[1].use_case_id) for case, found in by_case.items()}

    def open(self, cases: Iterable[int]) -> None:
        """Read the documents of the namesakes of these cases, where they were not fetched at first."""
        open_documents([filed for pk in cases for _, filed in self._found.get(pk, ())])

    def of(self, pk: int) -> Sequence[Namesake]:
        """The namesakes of one case of the chunk, by Use Case ID."""
        return [_namesake(filed, self._visible(filed), pair) for pair, filed in self._found.get(pk, ())]

    def told(self, pk: int) -> str:
        """Everything of its namesakes that a judgement of a case rests on, as one text."""
        return "".join(f"{pair}{filed.told()}" for pair, filed in self._found.get(pk, ()))

    def _visible(self, filed: Filed) -> dict[str, object]:
        if filed.pk not in self._answers:
            self._answers[filed.pk] = asking.visible_answers(self._forms.of(filed.edition), filed.document)
        return self._answers[filed.pk]

    def _pairs(self, chunk: Sequence[int]) -> Iterable[Pair]:
        raise NotImplementedError


def _namesake(filed: Filed, answers: dict[str, object], pair: Pair) -> Namesake:
    return Namesake(filed.use_case_id, filed.component, answers, pair.has_same_name, pair.has_same_text)


class NoTwins(Namesakes):
    """For pages that show practices only."""

    def _pairs(self, chunk: Sequence[int]) -> Iterable[Pair]:
        return ()


class Twins(Namesakes):
    """As of any day: from one pass over all names, of which only those borne twice are kept."""

    def __init__(self, clocks: Clocks) -> None:
        super().__init__(clocks)
        every = dict(keys_of(clocks))
        self._names, self._texts = _groups(every, 0), _groups(every, 1)
        shared = {pk for groups in (self._names, self._texts) for found in groups.values() for pk in found}
        self._keys = {pk: keys for pk, keys in every.items() if pk in shared or not keys.is_seen}

    def _pairs(self, chunk: Sequence[int]) -> Iterator[Pair]:
        for pk in chunk:
            keys = self._keys.get(pk)
            if keys is None:
                continue
            same, alike = self._names.get(keys.name, set()), self._texts.get(keys.text, set())
            for other in (same | alike) - {pk}:
                yield Pair(pk, other, other in same, other in alike)


def _groups(every: dict[int, Keys], column: int) -> dict[str, set[int]]:
    """Key -> the cases that may be seen by it. One alone matters only to a restricted case, which is not seen."""
    first: dict[str, set[int]] = {}
    for pk, keys in every.items():
        if keys[column] and keys.is_seen:
            first.setdefault(str(keys[column]), set()).add(pk)
    hidden = {keys[column] for keys in every.values() if not keys.is_seen}
    return {key: found for key, found in first.items() if len(found) > 1 or key in hidden}


PAIRS = """
    SELECT one.use_case_id, other.use_case_id, TRUE, one.text = other.text AND one.text <> ''
      FROM governance_namekey one JOIN governance_namekey other ON other.name = one.name
     WHERE one.use_case_id = ANY(%(chunk)s::bigint[]) AND one.name <> '' AND other.name <> '' AND other.is_seen
       AND other.use_case_id <> one.use_case_id
    UNION ALL
    SELECT one.use_case_id, other.use_case_id, FALSE, TRUE
      FROM governance_namekey one JOIN governance_namekey other ON other.text = one.text
     WHERE one.use_case_id = ANY(%(chunk)s::bigint[]) AND one.text <> '' AND other.text <> '' AND other.is_seen
       AND other.use_case_id <> one.use_case_id AND (one.name = '' OR other.name <> one.name)
"""


class IndexedTwins(Namesakes):
    """As of now: by the indexed `NameKey`, which `settle_keys` has brought up to date before a run is planned."""

    def _pairs(self, chunk: Sequence[int]) -> Iterator[Pair]:
        with connection.cursor() as cursor:
            cursor.execute(PAIRS, {"chunk": f"{{{','.join(map(str, chunk))}}}"})
            yield from (Pair(*row) for row in cursor.fetchall())


# -- the keys ----------------------------------------------------------------------------------------


def keys_of(clocks: Clocks, cases: Iterable[int] | None = None) -> Iterator[tuple[int, Keys]]:
    """(case, what it is compared by) of those given, or of all, that are neither drafts nor withdrawn."""
    rows = counting(clocks).exclude(use_case__status__in=[Status.DRAFT, Status.WITHDRAWN])
    if cases is not None:
        rows = rows.filter(use_case__in=list(cases))
    answers = KeyTransform("answers", "revision__document")
    name, text = KeyTextTransform("use_case_name", answers), KeyTextTransform("hi_justification", answers)
    columns = ("use_case", "use_case__handling", "use_case__restricted_fields", name, text)
    for pk, handling, fields, called, because in rows.values_list(*columns).iterator(chunk_size=2000):
        said = "" if "hi_justification" in handlings.restricted(fields) else (because or "").strip()
        yield pk, Keys(_hash(name_key(called or "")), _hash(said), handling != Handling.RESTRICTED)


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest() if text else ""


def settle_keys(clocks: Clocks, cases: Iterable[int]) -> None:
    """Bring the keys of these cases up to date; those that are no more anybody's namesake lose theirs."""
    wanted = sorted(cases)
    for start in range(0, len(wanted), AT_ONCE):
        _settle(clocks, wanted[start : start + AT_ONCE])


def _settle(clocks: Clocks, wanted: list[int]) -> None:
    now = dict(keys_of(clocks, wanted))
    rows = NameKey.objects.filter(use_case__in=wanted)
    known = {row.use_case_id: Keys(row.name, row.text, row.is_seen) for row in rows}
    changed = [NameKey(use_case_id=pk, **keys._asdict()) for pk, keys in now.items() if known.get(pk) != keys]
    NameKey.objects.bulk_create(
        changed, update_conflicts=True,
        unique_fields=["use_case"], update_fields=["name", "text", "is_seen"],
    )  # fmt: skip
    NameKey.objects.filter(use_case__in=[pk for pk in known if pk not in now]).delete()


def namesakes_of(cases: Iterable[int]) -> set[int]:
    """Those that bear the name or the justification of one of these, by the keys as they are now.

    In the other direction than `PAIRS`: of whom these are namesakes. So a restricted one of these has none to tell.
    """
    keys = NameKey.objects.filter(use_case__in=among(cases)).values_list("name", "text")
    names, texts = ({key for key in column if key} for column in zip(*keys, strict=True)) if keys else (set(), set())
    with connection.cursor() as cursor:
        cursor.execute(BEARERS, {"names": list(names), "texts": list(texts)})
        return {row[0] for row in cursor.fetchall()}


# By the keys themselves: joined, the planner would read every key of a large registry for a few cases.
BEARERS = """
    SELECT use_case_id FROM governance_namekey WHERE name = ANY(%(names)s::varchar[]) AND name <> ''
    UNION
    SELECT use_case_id FROM governance_namekey WHERE text = ANY(%(texts)s::varchar[]) AND text <> ''
"""
