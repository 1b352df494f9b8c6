"""Decisions that are checked: samples, their strata and views, checks and disputes."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


TABLES = ("qualitysample", "samplestratum", "qualitycheck", "dispute")
# Who has a view before them changes with each view, and stands in no answer.
RENEW_VERSION = """
CREATE TRIGGER edited AFTER INSERT OR DELETE OR TRUNCATE ON analytics_sampledview
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_edited();
""" + "".join(
    f"""
CREATE TRIGGER edited AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON analytics_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_edited();
"""
    for table in TABLES
)
DROP_TRIGGERS = "".join(
    f"DROP TRIGGER edited ON analytics_{table};\n" for table in ("sampledview", *TABLES)
)


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0018_saved_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QualitySample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('method', models.TextField(choices=[('random', 'Random'), ('by-moderator', 'Random, from each moderator'), ('by-queue', 'Random, from each queue'), ('rejects', 'Rejects'), ('disputed', 'Disputed videos')], db_collation='C')),
                ('start', models.DateField(verbose_name='first day')),
                ('end', models.DateField(verbose_name='last day')),
                ('seed', models.PositiveBigIntegerField()),
                ('wanted_size', models.PositiveIntegerField(blank=True, help_text='How many views; empty where a precision is wanted.', null=True)),
                ('wanted_precision', models.FloatField(blank=True, help_text='Half the width of the 95 % interval, 0 to 1.', null=True)),
                ('expected_accuracy', models.FloatField(blank=True, help_text='What the precision was planned for, 0 to 1.', null=True)),
                ('at_least', models.PositiveIntegerField(default=0, help_text='Views from each stratum.')),
                ('second_checks', models.PositiveIntegerField(default=0, help_text='How many of the views two people check.')),
                ('is_blind', models.BooleanField(default=True, help_text='Checkers see no decision and no person before their own.', verbose_name='blind')),
                ('population', models.PositiveBigIntegerField(editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('moderator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='analytics.moderator')),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='SampledView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(help_text='Order within the session, from 0.')),
                ('video', models.TextField(blank=True, db_collation='C', help_text='Empty where it is unknown.', verbose_name='video id')),
                ('decision', models.TextField(choices=[('accepted', 'Accepted'), ('rejected', 'Rejected'), ('none', 'No decision')], db_collation='C')),
                ('number', models.PositiveIntegerField(help_text='The order in which they are checked, from 1.')),
                ('checks_wanted', models.PositiveSmallIntegerField(default=1, help_text='By how many people it is to be checked.')),
                ('taken_at', models.DateTimeField(null=True)),
                ('sample', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='views', to='analytics.qualitysample')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='analytics.session', to_field='public_id')),
                ('taken_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('sample', 'number'),
            },
        ),
        migrations.CreateModel(
            name='QualityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(help_text='Order within the session, from 0.')),
                ('video', models.TextField(blank=True, db_collation='C', help_text='Empty where it is unknown.', verbose_name='video id')),
                ('decision', models.TextField(choices=[('accepted', 'Accepted'), ('rejected', 'Rejected'), ('none', 'No decision')], db_collation='C')),
                ('verdict', models.TextField(choices=[('accepted', 'Should be accepted'), ('rejected', 'Should be rejected'), ('unsure', 'Unsure')], db_collation='C')),
                ('reason', models.CharField(blank=True, db_collation='C', default='', max_length=200)),
                ('note', models.CharField(blank=True, default='', max_length=2000)),
                ('checked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='analytics.session', to_field='public_id')),
                ('sampled', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='analytics.sampledview')),
            ],
            options={
                'ordering': ('-checked_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='SampleStratum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue', models.TextField(db_collation='C', null=True)),
                ('population', models.PositiveBigIntegerField()),
                ('drawn', models.PositiveIntegerField()),
                ('moderator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='analytics.moderator')),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='strata', to='analytics.qualitysample')),
            ],
            options={
                'verbose_name_plural': 'sample strata',
                'ordering': ('sample', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='sampledview',
            name='stratum',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='analytics.samplestratum'),
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=2000)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.TextField(choices=[('open', 'Open'), ('upheld', 'Check upheld'), ('reversed', 'Check reversed')], db_collation='C', default='open')),
                ('reply', models.CharField(blank=True, default='', max_length=2000)),
                ('decided_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quality_check', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='analytics.qualitycheck')),
            ],
            options={
                'ordering': ('created_at', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__length__gt', 0)), name='dispute_has_reason'), models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'upheld', 'reversed'])), name='dispute_outcome_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', 'open')), models.Q(models.Q(('outcome', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='dispute_decided_at_a_time')],
            },
        ),
        migrations.AddConstraint(
            model_name='qualitysample',
            constraint=models.CheckConstraint(condition=models.Q(('name__length__gt', 0)), name='qualitysample_name_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='qualitysample',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['random', 'by-moderator', 'by-queue', 'rejects', 'disputed'])), name='qualitysample_method_known'),
        ),
        migrations.AddConstraint(
            model_name='qualitysample',
            constraint=models.CheckConstraint(condition=models.Q(('end__gte', models.F('start'))), name='qualitysample_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='qualitysample',
            constraint=models.CheckConstraint(condition=models.Q(('wanted_size__isnull', True), ('wanted_precision__isnull', True), _connector='OR'), name='qualitysample_size_or_precision'),
        ),
        migrations.AddConstraint(
            model_name='qualitysample',
            constraint=models.CheckConstraint(condition=models.Q(('wanted_precision__isnull', True), models.Q(('wanted_precision__gt', 0), ('wanted_precision__lt', 1)), _connector='OR'), name='qualitysample_precision_is_share'),
        ),
        migrations.AddIndex(
            model_name='qualitycheck',
            index=models.Index(fields=['checked_at', 'id'], name='qualitycheck_newest'),
        ),
        migrations.AddConstraint(
            model_name='qualitycheck',
            constraint=models.UniqueConstraint(condition=models.Q(('sampled__isnull', False)), fields=('sampled', 'checked_by'), name='qualitycheck_once_in_sample'),
        ),
        migrations.AddConstraint(
            model_name='qualitycheck',
            constraint=models.UniqueConstraint(condition=models.Q(('sampled__isnull', True)), fields=('session', 'position', 'video', 'decision', 'checked_by'), name='qualitycheck_once_of_view'),
        ),
        migrations.AddConstraint(
            model_name='qualitycheck',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ('accepted', 'rejected'))), name='qualitycheck_is_of_decided'),
        ),
        migrations.AddConstraint(
            model_name='qualitycheck',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['accepted', 'rejected', 'unsure'])), name='qualitycheck_verdict_known'),
        ),
        migrations.AddConstraint(
            model_name='samplestratum',
            constraint=models.CheckConstraint(condition=models.Q(('drawn__lte', models.F('population'))), name='samplestratum_drawn_of_population'),
        ),
        migrations.AddConstraint(
            model_name='sampledview',
            constraint=models.UniqueConstraint(fields=('sample', 'number'), name='sampledview_number_once'),
        ),
        migrations.AddConstraint(
            model_name='sampledview',
            constraint=models.UniqueConstraint(fields=('sample', 'session', 'position'), name='sampledview_once'),
        ),
        migrations.AddConstraint(
            model_name='sampledview',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ('accepted', 'rejected'))), name='sampledview_is_decided'),
        ),
        migrations.RunSQL(RENEW_VERSION, DROP_TRIGGERS),
    ]
