"""Decisions of sessions, and the agreement of people in months, years and all time.

The sessions' decisions are filled in from the raw rows; the roll-ups are built by the next
``summaries refresh``, and until then computed when they are asked for.
"""

import django.db.models.deletion
from django.db import migrations, models

# Written in SQL: the ORM has no views.
RAW_DECISIONS = """
CREATE VIEW analytics_rawdecisions AS
SELECT s.id AS session_id,
       s.moderator_id,
       s.started_at,
       (s.started_at AT TIME ZONE state.time_zone)::date AS day,
       decided.decisions
  FROM analytics_session s
 CROSS JOIN analytics_time_zone() AS state(time_zone)
 CROSS JOIN LATERAL (
       SELECT string_agg(int4send(CASE decision WHEN 'accepted' THEN video_id ELSE -video_id END),
                         ''::bytea ORDER BY position) AS decisions
         FROM analytics_videoview
        WHERE session_id = s.id AND video_id IS NOT NULL
          AND decision IN ('accepted', 'rejected')) decided
 WHERE decided.decisions IS NOT NULL
"""

# Nothing is asked of the view where there is nothing to fill: a database that is being restored has
# no time zone yet.
FILL = """
DO $$ BEGIN
IF EXISTS (SELECT FROM analytics_sessiontotals) THEN
INSERT INTO analytics_sessiondecisions (session_id, moderator_id, started_at, day, decisions)
SELECT raw.session_id, raw.moderator_id, raw.started_at, raw.day, raw.decisions
  FROM analytics_rawdecisions AS raw
  JOIN analytics_sessiontotals AS totals ON totals.session_id = raw.session_id;
END IF;
END $$;
"""


def decided_videos():
    """The columns of the decisions of a session."""
    return [
        (
            "session",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                primary_key=True,
                related_name="+",
                serialize=False,
                to="analytics.session",
            ),
        ),
        (
            "moderator",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="analytics.moderator",
            ),
        ),
        ("started_at", models.DateTimeField()),
        (
            "day",
            models.DateField(
                help_text="The day the session started, in the summaries' time zone."
            ),
        ),
        ("decisions", models.BinaryField()),
    ]


class Migration(migrations.Migration):
    dependencies = [("analytics", "0015_plain_names")]

    operations = [
        migrations.CreateModel(
            name="SessionDecisions",
            fields=decided_videos(),
            options={
                "verbose_name_plural": "session decisions",
                "indexes": [models.Index(fields=["day"], name="sessiondecisions_day")],
            },
        ),
        migrations.CreateModel(
            name="RawDecisions",
            fields=decided_videos(),
            options={"db_table": "analytics_rawdecisions", "managed": False},
        ),
        migrations.CreateModel(
            name="PeriodAgreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    models.TextField(
                        choices=[
                            ("day", "day"),
                            ("month", "calendar month"),
                            ("year", "calendar year"),
                            ("all", "all time"),
                        ],
                        db_collation="C",
                    ),
                ),
                ("start", models.DateField()),
                (
                    "patterns",
                    models.JSONField(help_text="(accepted, rejected, videos) of each pattern."),
                ),
                (
                    "people",
                    models.JSONField(help_text="Each moderator's decisions against the others'."),
                ),
                (
                    "videos",
                    models.BinaryField(
                        help_text="Ids of the videos decided by several, a bitmap."
                    ),
                ),
                (
                    "disputed",
                    models.BinaryField(
                        help_text="(id, accepted, rejected), the most divided first."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "start"), name="periodagreement_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(RAW_DECISIONS, "DROP VIEW analytics_rawdecisions"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
