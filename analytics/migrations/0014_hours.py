"""Review work by the hour of the week, in the roll-ups.

What is built already is filled in from the sessions' own rows, so that nothing has to be built
again.
"""

from django.db import migrations, models

FILL = """
INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)
SELECT built.period, built.start, 'hour', week_hour, pair.number, pair.n, pair.amount
  FROM (SELECT period.name, period.start,
               to_char(session.started_at AT TIME ZONE state.time_zone, 'ID-FMHH24') AS week_hour,
               sum(sessions) AS sessions, sum(videos) AS videos, sum(accepted) AS accepted,
               sum(rejected) AS rejected, sum(timed_decided) AS timed_decided,
               sum(logged_us - idle_us) AS active_us
          FROM analytics_sessiontotals AS session CROSS JOIN analytics_summarystate AS state
         CROSS JOIN LATERAL (VALUES
               ('day', day), ('month', date_trunc('month', day)::date),
               ('year', date_trunc('year', day)::date), ('all', '0001-01-01'::date)
               ) AS period(name, start)
         GROUP BY period.name, period.start, week_hour) AS one
  JOIN analytics_periodvideos AS built ON built.period = one.name AND built.start = one.start
 CROSS JOIN LATERAL (VALUES (0, one.sessions, one.videos), (1, accepted, rejected),
                            (2, timed_decided, active_us)) AS pair(number, n, amount)
"""

EMPTY = "DELETE FROM analytics_periodvalue WHERE subject = 'hour'"

SUBJECTS = [
    ("status", "views by status"),
    ("speed", "speeds chosen; number: the speed"),
    ("idle", "idle intervals; value: kind, number: seconds, amount: microseconds"),
    ("queue", "active queue assignments; value: queue, amount: items"),
    ("length", "sessions by bucket of duration"),
    ("video_queue", "views by the video's queue; number: see DECISION_NUMBERS"),
    ("video_reason", "views by the decision's reason; number: see DECISION_NUMBERS"),
    ("hour", "sessions by the hour of the week they started in; number: see HOUR_COUNTERS"),
]


class Migration(migrations.Migration):
    dependencies = [("analytics", "0013_annotations")]

    operations = [
        *(
            migrations.AlterField(
                model, "subject", models.TextField(choices=SUBJECTS, db_collation="C")
            )
            for model in ("periodvalue", "sessionvalue")
        ),
        migrations.RunSQL(FILL, EMPTY),
    ]
