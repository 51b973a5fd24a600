"""The vocabulary that search corrects spelling with, and an index for parts of a name whatever their case.

A view that is refreshed by a scheduled task rather than a table kept by a trigger: two people saving at once would
wait for each other's new words, and an import would make everybody wait.
"""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations

FIELDS = ("use_case_name", "problem_solved", "benefits", "system_outputs", "vendor_name", "system_name_ato")
TEXTS = ", ".join(f"coalesce(filed_document, document) -> 'answers' ->> '{field}'" for field in FIELDS)

# A refresh runs with an empty search path (PostgreSQL 17), so the inner query names the schema of the migration.
CREATE = f"""
DO $do$ BEGIN EXECUTE format(
    'CREATE MATERIALIZED VIEW registry_search_word AS '
    'SELECT word, ndoc AS cases FROM ts_stat(%L) WHERE length(word) BETWEEN 3 AND 40',
    $of$SELECT to_tsvector('simple', left(concat_ws(' ', {TEXTS}), 100000)) FROM $of$
    || quote_ident(current_schema()) || '.registry_usecase'
); END $do$;
CREATE UNIQUE INDEX registry_search_word_once ON registry_search_word (word);
CREATE INDEX registry_search_word_like ON registry_search_word USING gin (word gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_inventory_filters")]

    operations = [
        migrations.RunSQL(CREATE, "DROP MATERIALIZED VIEW registry_search_word"),
        migrations.RemoveIndex(model_name="usecase", name="use_case_name_trgm"),
        migrations.AddIndex(
            model_name="usecase",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                ),
                name="use_case_name_part",
            ),
        ),
    ]
