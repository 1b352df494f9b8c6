"""Disputes can be withdrawn. Back: one that was counts as its check says, as one upheld does."""

from django.db import migrations, models


def keep_as_upheld(apps, schema_editor):
    disputes = apps.get_model('analytics', 'Dispute').objects.using(schema_editor.connection.alias)
    disputes.filter(outcome='withdrawn').update(outcome='upheld')


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0025_names_of_accounts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='dispute',
            name='dispute_outcome_known',
        ),
        migrations.AlterField(
            model_name='dispute',
            name='outcome',
            field=models.TextField(choices=[('open', 'Open'), ('upheld', 'Check upheld'), ('reversed', 'Check reversed'), ('withdrawn', 'Withdrawn')], db_collation='C', default='open'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'upheld', 'reversed', 'withdrawn'])), name='dispute_outcome_known'),
        ),
        migrations.RunPython(migrations.RunPython.noop, keep_as_upheld),
    ]
