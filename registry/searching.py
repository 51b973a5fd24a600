"""Full-text search that forgives spelling, over the rows a person may see and no others."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, Q, QuerySet

from registry.models import UseCase

TRIED = 5  # likest words of the vocabulary that are held against the rows, most like first
WORDS = 8  # words of a query that are corrected; nobody misspells more, and each costs a query or two
_WORD = re.compile(r"[^\W\d_]{3,40}")


@dataclass(frozen=True)
class Found:
    """The rows found, the best first where there was something to search for.

    `instead` is the query these rows answer when the one typed finds nothing; empty when it did.
    """

    rows: QuerySet[UseCase]
    instead: str = ""


def search(rows: QuerySet[UseCase], text: str) -> Found:
    """By ID first, then full text and parts of the name; when those find nothing, with the spelling corrected.

    A word is corrected only to one that finds something among `rows`: the vocabulary covers every case, and what a
    person may not see must not show in a suggestion (design section 4, need to know).
    """
    text = text.strip().replace("\x00", "")
    if not text:
        return Found(rows)
    if "-" in text and (by_id := rows.filter(use_case_id__in={text, text.upper()})).exists():
        return Found(by_id)
    found = _matching(rows, text)
    if found.exists():
        return Found(_ranked(found, text))
    corrected = _corrected(rows, text)
    if corrected and (found := _matching(rows, corrected)).exists():
        return Found(_ranked(found, corrected), corrected)
    return Found(rows.none())


def query_of(text: str) -> SearchQuery:
    """A search engine's syntax: quoted phrases, OR, and a minus before what must not stand there."""
    return SearchQuery(text, search_type="websearch", config="english")


def _matching(rows: QuerySet[UseCase], text: str) -> QuerySet[UseCase]:
    return rows.filter(Q(search_vector=query_of(text)) | Q(name__icontains=text))


def _ranked(rows: QuerySet[UseCase], text: str) -> QuerySet[UseCase]:
    return rows.annotate(rank=SearchRank(F("search_vector"), query_of(text))).order_by("-rank", "use_case_id")


def _corrected(rows: QuerySet[UseCase], text: str) -> str:
    """The text with each word that finds nothing replaced by the likest one that finds something; empty if none is."""
    changed: dict[str, str] = {}
    for word in list(dict.fromkeys(_WORD.findall(text)))[:WORDS]:
        if not rows.filter(search_vector=query_of(word)).exists() and (better := _likest(rows, word)):
            changed[word] = better
    return re.sub(_WORD, lambda found: changed.get(found[0], found[0]), text) if changed else ""


def _likest(rows: QuerySet[UseCase], word: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(  # % is the index's operator; its threshold, PostgreSQL's own 0.3, is not ours to change here
            "SELECT word FROM registry_search_word WHERE word %% %s ORDER BY similarity(word, %s) DESC, word LIMIT %s",
            [word.lower(), word.lower(), TRIED],
        )
        likest = [found for (found,) in cursor.fetchall()]
    return next((found for found in likest if rows.filter(search_vector=query_of(found)).exists()), "")
