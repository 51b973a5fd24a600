"""The words of all cases, against which a misspelt search is corrected."""

from django.db import connection


def refresh_search_words() -> int:
    """Read the vocabulary anew and return how many words it has; readers are not kept waiting meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY registry_search_word")
        cursor.execute("SELECT count(*) FROM registry_search_word")
        return int(cursor.fetchone()[0])
