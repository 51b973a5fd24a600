"""The questionnaire edition a case answers, filled from its revisions."""

from django.db import migrations, models

# The newest revision that answered a questionnaire; a case that only files wrote keeps the file's layout.
FILL = """
UPDATE registry_usecase AS filled SET edition = found.edition
FROM (
    SELECT DISTINCT ON (use_case_id) use_case_id, edition FROM registry_revision
    ORDER BY use_case_id, (edition LIKE 'use-case-%') DESC, number DESC
) AS found
WHERE found.use_case_id = filled.id
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_talk_evidence_and_conversation")]

    operations = [
        migrations.AddField(
            model_name="usecase",
            name="edition",
            field=models.CharField(
                blank=True,
                default="",
                help_text="the questionnaire edition its newest revision answers; a file's layout before anybody edited it",
                max_length=60,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
