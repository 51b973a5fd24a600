"""Holds, and reviews of what is withheld, mark their case as to be looked at: checks read both now.

As in 0017: the registry knows no checks, and what is settled by a sweep has no act that could ask for a look.
"""

from django.db import migrations

WATCHED = ("governance_hold", "registry_withholdingreview")
MARKS = "".join(
    f"""
    CREATE TRIGGER governance_mark_{verb} AFTER {verb.upper()} ON {table} REFERENCING NEW TABLE AS these
        FOR EACH STATEMENT EXECUTE FUNCTION governance_mark_rows();"""
    for table in WATCHED
    for verb in ("insert", "update")
)
UNMARK = "".join(
    f"""
    DROP TRIGGER governance_mark_{verb} ON {table};"""
    for table in WATCHED
    for verb in ("insert", "update")
)


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0018_simulations"),
        ("registry", "0016_rest_outside_and_withholding"),
    ]

    operations = [migrations.RunSQL(MARKS, UNMARK)]
