"""Handling of single answers. The search column and the vocabulary are made anew, without what is restricted."""

import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models

FIELDS = ("use_case_name", "problem_solved", "benefits", "system_outputs", "vendor_name", "system_name_ato")
IS_OPEN = ", ".join(
    f"CASE WHEN restricted_fields @> '[\"{field}\"]'::jsonb THEN '' "
    f"ELSE coalesce(filed_document, document) -> 'answers' ->> '{field}' END"
    for field in FIELDS
)


TEXTS = ", ".join(f"coalesce(filed_document, document) -> 'answers' ->> '{field}'" for field in FIELDS)


def words(texts, which):
    """As in 0005, of what is open: a misspelt word must not be corrected to one of a restricted case or answer."""
    return f"""
DROP MATERIALIZED VIEW registry_search_word;
DO $do$ BEGIN EXECUTE format(
    'CREATE MATERIALIZED VIEW registry_search_word AS '
    'SELECT word, ndoc AS cases FROM ts_stat(%L) WHERE length(word) BETWEEN 3 AND 40',
    $of$SELECT to_tsvector('simple', left(concat_ws(' ', {texts}), 100000)) FROM $of$
    || quote_ident(current_schema()) || $of$.registry_usecase {which}$of$
); END $do$;
CREATE UNIQUE INDEX registry_search_word_once ON registry_search_word (word);
CREATE INDEX registry_search_word_like ON registry_search_word USING gin (word gin_trgm_ops);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0009_quest_edition'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='needtoknow',
            options={'ordering': ['recorded_at', 'id']},
        ),
        migrations.AddField(
            model_name='needtoknow',
            name='recorded_by',
            field=models.ForeignKey(help_text="null: the review's own steps", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='needtoknow',
            name='uuid',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='usecase',
            name='restricted_fields',
            field=models.JSONField(blank=True, default=list, help_text='answers only people with need to know of the case may read'),
        ),
        migrations.RemoveIndex(model_name="usecase", name="registry_us_search__320e52_gin"),
        migrations.RemoveField(model_name="usecase", name="search_vector"),
        migrations.AddField(
            model_name='usecase',
            name='search_vector',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left(django.db.models.functions.comparison.Coalesce(models.Case(models.When(filed_document__isnull=False, then=django.db.models.fields.json.KeyTextTransform('use_case_name', django.db.models.fields.json.KeyTextTransform('answers', 'filed_document'))), default=django.db.models.fields.json.KeyTextTransform('use_case_name', django.db.models.fields.json.KeyTextTransform('answers', 'document')), output_field=models.TextField()), models.Value('', output_field=models.TextField()), output_field=models.TextField()), 16666), django.db.models.functions.text.Left(models.Case(models.When(restricted_fields__contains=['problem_solved'], then=models.Value('', output_field=models.TextField())), default=django.db.models.functions.comparison.Coalesce(models.Case(models.When(filed_document__isnull=False, then=django.db.models.fields.json.KeyTextTransform('problem_solved', django.db.models.fields.json.KeyTextTransform('answers', 'filed_document'))), default=django.db.models.fields.json.KeyTextTransform('problem_solved', django.db.models.fields.json.KeyTextTransform('answers', 'document')), output_field=models.TextField()), models.Value('', output_field=models.TextField()), output_field=models.TextField()), output_field=models.TextField()), 16666), django.db.models.functions.text.Left(models.Case(models.When(restricted_fields__contains=['benefits'], then=models.Value('', output_field=models.TextField())), default=django.db.models.functions.comparison.Coalesce(models.Case(models.When(filed_document__isnull=False, then=django.db.models.fields.json.KeyTextTransform('benefits', django.db.models.fields.json.KeyTextTransform('answers', 'filed_document'))), default=django.db.models.fields.json.KeyTextTransform('benefits', django.db.models.fields.json.KeyTextTransform('answers', 'document')), output_field=models.TextField()), models.Value('', output_field=models.TextField()), output_field=models.TextField()), output_field=models.TextField()), 16666), django.db.models.functions.text.Left(models.Case(models.When(restricted_fields__contains=['system_outputs'], then=models.Value('', output_field=models.TextField())), default=django.db.models.functions.comparison.Coalesce(models.Case(models.When(filed_document__isnull=False, then=django.db.models.fields.json.KeyTextTransform('system_outputs', django.db.models.fields.json.KeyTextTransform('answers', 'filed_document'))), default=django.db.models.fields.json.KeyTextTransform('system_outputs', django.db.models.fields.json.KeyTextTransform('answers', 'document')), output_field=models.TextField()), models.Value('', output_field=models.TextField()), output_field=models.TextField()), output_field=models.TextField()), 16666), django.db.models.functions.text.Left(models.Case(models.When(restricted_fields__contains=['vendor_name'], then=models.Value('', output_field=models.TextField())), default=django.db.models.functions.comparison.Coalesce(models.Case(models.When(filed_document__isnull=False, then=django.db.models.fields.json.KeyTextTransform('vendor_name', django.db.models.fields.json.KeyTextTransform('answers', 'filed_document'))), default=django.db.models.fields.json.KeyTextTransform('vendor_name', django.db.models.fields.json.KeyTextTransform('answers', 'document')), output_field=models.TextField()), models.Value('', output_field=models.TextField()), output_field=models.TextField()), output_field=models.TextField()), 16666), django.db.models.functions.text.Left(models.Case(models.When(restricted_fields__contains=['system_name_ato'], then=models.Value('', output_field=models.TextField())), default=django.db.models.functions.comparison.Coalesce(models.Case(models.When(filed_document__isnull=False, then=django.db.models.fields.json.KeyTextTransform('system_name_ato', django.db.models.fields.json.KeyTextTransform('answers', 'filed_document'))), default=django.db.models.fields.json.KeyTextTransform('system_name_ato', django.db.models.fields.json.KeyTextTransform('answers', 'document')), output_field=models.TextField()), models.Value('', output_field=models.TextField()), output_field=models.TextField()), output_field=models.TextField()), 16666), config='english'), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name="usecase",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_vector"], name="registry_us_search__320e52_gin"
            ),
        ),
        migrations.RunSQL(words(IS_OPEN, "WHERE handling <> 'restricted'"), words(TEXTS, "")),
    ]
