"""Notes on moderators and the answers to them; both have a version that renews with every statement."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

TABLES = ("note", "notereply")
RENEW_VERSION = "".join(
    f"""
CREATE TRIGGER edited AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON analytics_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_edited();
"""
    for table in TABLES
)
DROP_TRIGGERS = "".join(f"DROP TRIGGER edited ON analytics_{table};\n" for table in TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0023_seen_recommendation_types'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=2000)),
                ('measure', models.CharField(blank=True, db_collation='C', default='', max_length=30)),
                ('step', models.CharField(blank=True, default='', max_length=300, verbose_name='agreed step')),
                ('until', models.DateField(blank=True, null=True, verbose_name='agreed until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('moderator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='analytics.moderator')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='NoteReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=2000)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='analytics.note')),
            ],
            options={
                'verbose_name': 'answer to a note',
                'verbose_name_plural': 'answers to notes',
                'ordering': ('created_at', 'pk'),
            },
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['moderator', '-created_at', '-id'], name='note_of_person'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['created_at', 'id'], name='note_newest'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('text__length__gt', 0)), name='note_text_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('step', ''), ('until__isnull', True)), models.Q(models.Q(('step', ''), _negated=True), ('until__isnull', False)), _connector='OR'), name='note_step_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='notereply',
            constraint=models.CheckConstraint(condition=models.Q(('text__length__gt', 0)), name='notereply_not_empty'),
        ),
        migrations.RunSQL(RENEW_VERSION, DROP_TRIGGERS),
    ]
