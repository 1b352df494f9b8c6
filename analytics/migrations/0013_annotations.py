"""Annotations, and the version of what people add, which triggers renew with every statement."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Now

RENEW_VERSION = """
CREATE FUNCTION analytics_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_editversion ("table", version) VALUES (TG_TABLE_NAME, gen_random_uuid())
    ON CONFLICT ("table") DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$;
CREATE TRIGGER edited AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON analytics_annotation
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_edited();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0012_session_totals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EditVersion",
            fields=[
                ("table", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("version", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateField(verbose_name="first day")),
                ("end", models.DateField(verbose_name="last day")),
                ("text", models.CharField(db_collation="C", max_length=200)),
                ("queue", models.TextField(blank=True, db_collation="C", default="")),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-start", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("end__gte", F("start"))), name="annotation_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=Q(("text__length__gt", 0)), name="annotation_text_not_empty"
                    ),
                    models.UniqueConstraint(
                        fields=("start", "end", "queue", "text"),
                        name="annotation_once",
                        violation_error_message="This stands there already.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RENEW_VERSION, "DROP FUNCTION analytics_edited() CASCADE"),
    ]
