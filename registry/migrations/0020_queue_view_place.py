from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0019_people_certified_for'),
    ]

    operations = [
        migrations.AddField(
            model_name='savedview',
            name='place',
            field=models.CharField(default='list', help_text='`registry.view_places`', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(('place__in', ['list', 'queue'])), name='saved_view_place_known'),
        ),
    ]
