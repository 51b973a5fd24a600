from django.db import migrations, models


def rank_running(apps, schema_editor):
    """Give running rounds their place by what they answered; the rules' suggestion counts from the next round on."""
    Review = apps.get_model("governance", "Review")
    for review in Review.objects.filter(ended_at=None).select_related("revision").iterator(500):
        answers = review.revision.document.get("answers") or {}
        impact = answers.get("is_high_impact")
        categories = set(answers.get("scr_presumed_categories") or ()) - {"none"}
        if impact == "high_impact" and answers.get("development_stage") == "deployed":
            rank = 0
        elif impact in ("high_impact", "presumed_not_high_impact") or categories:
            rank = 1
        else:
            continue
        Review.objects.filter(pk=review.pk).update(risk=rank)


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0009_material_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='review',
            name='risk',
            field=models.PositiveSmallIntegerField(default=2, help_text='`governance.risk`: its place in queues'),
        ),
        migrations.RunPython(rank_running, migrations.RunPython.noop, elidable=True),
    ]
