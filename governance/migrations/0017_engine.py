"""Chunks of runs, results kept by change, and marks set by the database where something changed.

The triggers stand here and not with the models they watch: the registry knows no checks, and tables of two
applications meet in them.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# Results of earlier runs, one a run and case until now, become spans: each stands until the next one of its case.
SPANS = """
    DELETE FROM governance_checkresult USING governance_checkrun run
     WHERE run.id = run_id AND run.state <> 'done';
    UPDATE governance_checkresult r SET is_reproduction = NOT run.is_reconciled, recorded_at = run.finished_at,
           judged_at = run.started_at, replaced_at = following.at
      FROM governance_checkrun run, (
        SELECT one.id, CASE WHEN of_run.is_reconciled THEN lead(of_run.finished_at) OVER (
                 PARTITION BY one.use_case_id, of_run.is_reconciled ORDER BY of_run.finished_at, one.id) END AS at
          FROM governance_checkresult one JOIN governance_checkrun of_run ON of_run.id = one.run_id
      ) following
     WHERE run.id = r.run_id AND following.id = r.id;
    UPDATE governance_checkrun SET changes_findings = is_reconciled;
    UPDATE governance_checkrun SET state = 'queued', lease_until = NULL WHERE state = 'running';
"""

# One mark a row that came or changed. Two functions, since a trigger of a statement sees its rows as a table.
MARKS = """
    CREATE FUNCTION governance_mark_rows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO governance_checkmark (use_case_id) SELECT DISTINCT use_case_id FROM these;
        RETURN NULL;
    END $$;
    CREATE FUNCTION governance_mark_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO governance_checkmark (use_case_id) VALUES (NEW.use_case_id);
        RETURN NULL;
    END $$;
    CREATE FUNCTION governance_mark_case() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO governance_checkmark (use_case_id) VALUES (NEW.id);
        RETURN NULL;
    END $$;
    -- Who writes or submits a case is not independent of it: a verification by that person counts no more.
    CREATE FUNCTION governance_mark_author() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO governance_checkmark (use_case_id)
        SELECT DISTINCT record.use_case_id FROM these JOIN governance_datedrecord record
            ON record.use_case_id = these.use_case_id AND record.recorded_by_id = these.written_by_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER governance_mark_author AFTER INSERT ON registry_revision REFERENCING NEW TABLE AS these
        FOR EACH STATEMENT EXECUTE FUNCTION governance_mark_author();
    CREATE TRIGGER governance_mark_moved AFTER UPDATE ON registry_usecase FOR EACH ROW
        WHEN ((OLD.status, OLD.handling, OLD.component_id) IS DISTINCT FROM (NEW.status, NEW.handling, NEW.component_id)
              OR OLD.restricted_fields IS DISTINCT FROM NEW.restricted_fields)
        EXECUTE FUNCTION governance_mark_case();
    CREATE TRIGGER governance_mark_gone AFTER UPDATE ON registry_evidence FOR EACH ROW
        WHEN (OLD.removed_at IS DISTINCT FROM NEW.removed_at) EXECUTE FUNCTION governance_mark_row();
"""
UNMARK = """
    DROP TRIGGER governance_mark_author ON registry_revision;
    DROP TRIGGER governance_mark_moved ON registry_usecase;
    DROP TRIGGER governance_mark_gone ON registry_evidence;
"""
WATCHED = (
    "registry_filing", "registry_undoneimport", "governance_datedrecord", "governance_waiver",
    "governance_extension", "governance_pilotcertificate", "governance_stoporder", "governance_materialchange",
    "governance_decision", "governance_determination", "governance_review",
)  # fmt: skip
for table in WATCHED:
    for verb in ("insert", "update"):
        MARKS += f"""
    CREATE TRIGGER governance_mark_{verb} AFTER {verb.upper()} ON {table} REFERENCING NEW TABLE AS these
        FOR EACH STATEMENT EXECUTE FUNCTION governance_mark_rows();"""
        UNMARK += f"""
    DROP TRIGGER governance_mark_{verb} ON {table};"""
UNMARK += """
    DROP FUNCTION governance_mark_rows(), governance_mark_row(), governance_mark_case(), governance_mark_author();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0016_exceptions'),
        ('registry', '0023_gates_moves'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('lease_until', models.DateTimeField(help_text='a running job whose lease ended is taken up again', null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('progress', models.CharField(blank=True, help_text='in words, e.g. page 12 of about 41', max_length=200)),
                ('error', models.TextField(blank=True)),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('number', models.PositiveIntegerField()),
                ('cases', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='primary keys of use cases', size=None)),
                ('counts', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['run', 'number'],
            },
        ),
        migrations.CreateModel(
            name='CheckMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='NameKey',
            fields=[
                ('use_case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='registry.usecase')),
                ('name', models.CharField(blank=True, help_text='a hash', max_length=32)),
                ('text', models.CharField(blank=True, help_text='a hash', max_length=32)),
                ('is_seen', models.BooleanField(default=True)),
            ],
        ),
        migrations.AddField(
            model_name='checkresult',
            name='digest',
            field=models.CharField(default='', help_text='over all of the above: whether anything is different', max_length=32),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='due_on',
            field=models.DateField(help_text='the next day on which it may come out differently by itself', null=True),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='is_judged',
            field=models.BooleanField(default=True, help_text='False: the case is not in the inventory'),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='is_reproduction',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='judged_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='when its facts began to be read'),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='not_evaluated',
            field=models.JSONField(default=list, help_text='[{ref, edition, check, error}]: a check that raised'),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='recorded_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='checkresult',
            name='replaced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='checkrun',
            name='basis',
            field=models.JSONField(default=dict, help_text='{editions: [{edition, sha256, advisory}], form, cycles}: what it was judged under'),
        ),
        migrations.AddField(
            model_name='checkrun',
            name='changes_findings',
            field=models.BooleanField(default=False, help_text='settled when it is planned; else a reproduction'),
        ),
        migrations.AddField(
            model_name='checkrun',
            name='is_baseline',
            field=models.BooleanField(default=False, help_text='the first one over the registry that changes findings'),
        ),
        migrations.AddField(
            model_name='checkrun',
            name='is_incremental',
            field=models.BooleanField(default=False, help_text='only what changed or fell due'),
        ),
        migrations.AlterField(
            model_name='checkrun',
            name='is_reconciled',
            field=models.BooleanField(default=False, help_text='done, and it changed findings'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='last_run',
            field=models.ForeignKey(help_text='the one that last changed it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.checkrun'),
        ),
        migrations.RunSQL(SPANS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='checkresult',
            index=models.Index(condition=models.Q(('due_on__isnull', False), ('is_reproduction', False), ('replaced_at', None)), fields=['due_on'], name='check_result_due'),
        ),
        migrations.AddIndex(
            model_name='checkresult',
            index=models.Index(condition=models.Q(('not_evaluated', []), _negated=True), fields=['run'], name='check_result_raised'),
        ),
        migrations.AddConstraint(
            model_name='checkresult',
            constraint=models.UniqueConstraint(condition=models.Q(('is_reproduction', False), ('replaced_at', None)), fields=('use_case',), name='check_result_standing'),
        ),
        migrations.AddField(
            model_name='checkchunk',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='governance.checkrun'),
        ),
        migrations.AddField(
            model_name='checkmark',
            name='use_case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.usecase'),
        ),
        migrations.AddIndex(
            model_name='namekey',
            index=models.Index(condition=models.Q(('name', ''), _negated=True), fields=['name'], name='name_key_name'),
        ),
        migrations.AddIndex(
            model_name='namekey',
            index=models.Index(condition=models.Q(('text', ''), _negated=True), fields=['text'], name='name_key_text'),
        ),
        migrations.AddConstraint(
            model_name='checkchunk',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='check_chunk_once'),
        ),
        migrations.RunSQL(MARKS, UNMARK),
    ]
