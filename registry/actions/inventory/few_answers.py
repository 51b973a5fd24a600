"""Some answers of a document, cut out by the database: reading whole documents is most of comparing two years."""

from collections.abc import Sequence

from django.db.models import F, Func, JSONField


class Answers(Func):
    """`{"answers": {...}}` with only these fields of a document, as far as they are there.

    The inner select unpacks a stored document once; asked field by field it would be unpacked for each.
    """

    output_field = JSONField()

    def __init__(self, document: str, fields: Sequence[str]) -> None:
        if not all(name.isidentifier() for name in fields):  # they stand in the statement itself
            raise ValueError("a field is a plain name")
        parts = ", ".join(f"'{name}', told.a -> '{name}'" for name in fields)
        answers = f"jsonb_strip_nulls(jsonb_build_object({parts}))"
        inner = "(SELECT %(expressions)s -> 'answers' AS a OFFSET 0) AS told"
        super().__init__(F(document), template=f"(SELECT jsonb_build_object('answers', {answers}) FROM {inner})")  # noqa: S608 (own names, checked above)
