"""Records behind practices become dated records of many kinds; what was recorded stays as it is."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_people_delegation'),
        ('governance', '0014_verifications'),
        ('registry', '0023_gates_moves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel('PracticeRecord', 'DatedRecord'),
        migrations.AddField(
            model_name='datedrecord',
            name='about',
            field=models.ForeignKey(blank=True, help_text='the record it is a part or a signature of', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='parts', to='governance.datedrecord'),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='details',
            field=models.JSONField(blank=True, default=dict, help_text='what its kind says, by field'),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='edition',
            field=models.CharField(blank=True, help_text='of the kinds it was recorded under', max_length=10),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='office',
            field=models.ForeignKey(blank=True, help_text='whose record it is', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office'),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='supersedes',
            field=models.ForeignKey(blank=True, help_text='the older record whose place it takes', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='newer', to='governance.datedrecord'),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='ties',
            field=models.JSONField(blank=True, default=list, help_text='what ties whoever did it to the case, as it was when it was recorded'),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='datedrecord',
            name='withdrawn_why',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name='datedrecord',
            name='evidence',
            field=models.ForeignKey(blank=True, help_text='the file or link it names', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='registry.evidence'),
        ),
        migrations.AlterField(
            model_name='datedrecord',
            name='kind',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='datedrecord',
            name='practice',
            field=models.CharField(blank=True, choices=[('testing', 'Pre-deployment testing'), ('impact_assessment', 'AI impact assessment'), ('monitoring', 'Ongoing monitoring'), ('training', 'Human training'), ('human_oversight', 'Human oversight and fail-safe'), ('appeals', 'Remedies or appeals'), ('consultation', 'Consultation of users and the public')], max_length=30),
        ),
        migrations.AlterField(
            model_name='datedrecord',
            name='use_case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dated_records', to='registry.usecase'),
        ),
        migrations.AddIndex(
            model_name='datedrecord',
            index=models.Index(fields=['kind', 'expires_on'], name='dated_record_runs_out'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='datedrecord',
            trigger=pgtrigger.compiler.Trigger(name='dated_record_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."uuid" IS DISTINCT FROM (NEW."uuid") OR OLD."use_case_id" IS DISTINCT FROM (NEW."use_case_id") OR OLD."practice" IS DISTINCT FROM (NEW."practice") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."edition" IS DISTINCT FROM (NEW."edition") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."evidence_id" IS DISTINCT FROM (NEW."evidence_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."details" IS DISTINCT FROM (NEW."details") OR OLD."about_id" IS DISTINCT FROM (NEW."about_id") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id") OR OLD."effective_on" IS DISTINCT FROM (NEW."effective_on") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."ties" IS DISTINCT FROM (NEW."ties"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b76a9584cd0396294e2c1ec91f8e4b5ea3af62bf', operation='UPDATE', pgid='pgtrigger_dated_record_stands_066eb', table='governance_datedrecord', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='datedrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('supersedes',), name='dated_record_superseded_once'),
        ),
        migrations.AddConstraint(
            model_name='datedrecord',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at', None), models.Q(('withdrawn_why', ''), _negated=True), _connector='OR'), name='dated_record_withdrawn_with_reason'),
        ),
    ]
