"""When each status, idle kind and queue was first seen, by which charts colour them."""

from django.db import migrations, models

FILL = """
INSERT INTO analytics_seenvalue (subject, value)
SELECT subject, value
  FROM analytics_sessionvalue
 WHERE subject IN ('status', 'idle', 'queue')
 GROUP BY subject, value
 ORDER BY min(day), value
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0016_agreement")]

    operations = [
        migrations.CreateModel(
            name="SeenValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.TextField(db_collation="C")),
                ("value", models.TextField(db_collation="C")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "value"), name="seenvalue_once")
                ]
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
