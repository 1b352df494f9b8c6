"""The queue, the reason and the start of views, and the counts of the first two by decision."""

import importlib

from django.db import migrations, models
from django.db.models import Q

summaries = importlib.import_module("analytics.migrations.0002_summaries")

# One walk over a session's views, whatever is counted of them.
COUNTED_BEFORE = """
       SELECT 'status' AS subject, status AS value, 0::float8 AS number,
              count(*) AS n, 0::bigint AS amount
         FROM analytics_videoview WHERE session_id = s.id GROUP BY status"""
COUNTED = """
       SELECT CASE WHEN grouping(status) = 0 THEN 'status'
                   WHEN grouping(queue) = 0 THEN 'video_queue'
                   ELSE 'video_reason' END AS subject,
              CASE WHEN grouping(status) = 0 THEN status
                   WHEN grouping(queue) = 0 THEN queue
                   ELSE reason END AS value,
              CASE WHEN grouping(decision) = 1 THEN 0
                   WHEN decision = 'accepted' THEN 1
                   WHEN decision = 'rejected' THEN 2
                   ELSE 0 END::float8 AS number,
              count(*) AS n, 0::bigint AS amount
         FROM analytics_videoview WHERE session_id = s.id
        GROUP BY GROUPING SETS ((status), (queue, decision), (reason, decision))
       HAVING grouping(status) = 0 OR coalesce(queue, reason) IS NOT NULL"""

REPLACE = summaries.RAW_VALUE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")

SUBJECTS = [
    ("status", "views by status"),
    ("speed", "speeds chosen; number: the speed"),
    ("idle", "idle intervals; value: kind, number: seconds, amount: microseconds"),
    ("queue", "active queue assignments; value: queue, amount: items"),
    ("length", "sessions by bucket of duration"),
    ("video_queue", "views by the video's queue; number: see DECISION_NUMBERS"),
    ("video_reason", "views by the decision's reason; number: see DECISION_NUMBERS"),
]


class Migration(migrations.Migration):
    dependencies = (("analytics", "0004_queue_index"),)

    operations = (
        migrations.AddField(
            "videoview",
            "queue",
            models.TextField(
                null=True,
                blank=True,
                db_collation="C",
                help_text="The queue that the video came from.",
            ),
        ),
        migrations.AddField(
            "videoview",
            "reason",
            models.TextField(
                null=True, blank=True, db_collation="C", help_text="What the decision names."
            ),
        ),
        migrations.AddField(
            "videoview",
            "started_at",
            models.DateTimeField(
                null=True, blank=True, help_text="When the video was put before the moderator."
            ),
        ),
        migrations.AddConstraint(
            "videoview",
            models.CheckConstraint(
                name="view_queue_not_empty",
                condition=Q(queue__isnull=True) | Q(queue__length__gt=0),
            ),
        ),
        migrations.AddConstraint(
            "videoview",
            models.CheckConstraint(
                name="view_reason_not_empty",
                condition=Q(reason__isnull=True) | Q(reason__length__gt=0),
            ),
        ),
        *(
            migrations.AlterField(
                model, "subject", models.TextField(choices=SUBJECTS, db_collation="C")
            )
            for model in ("periodvalue", "sessionvalue")
        ),
        migrations.RunSQL(REPLACE.replace(COUNTED_BEFORE, COUNTED), REPLACE),
    )
