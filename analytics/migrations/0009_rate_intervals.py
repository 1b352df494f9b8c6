"""How the reject rates of sessions vary, in the roll-ups: by moderator, by queue and by reason.

What is built already is filled in from the sessions' own rows, so that nothing has to be built
again.
"""

from django.db import migrations, models
from django.db.models import Q

FILL_TOTALS = """
UPDATE analytics_periodtotals AS built
   SET decided_sessions = one.sessions, decided_squares = one.squares,
       rejected_squares = one.rejected_squares, decided_rejected = one.products
  FROM (SELECT period.name, period.start, moderator_id,
               count(*) FILTER (WHERE decided > 0) AS sessions, sum(decided * decided) AS squares,
               sum(rejected * rejected) AS rejected_squares, sum(decided * rejected) AS products
          FROM (SELECT *, accepted + rejected AS decided FROM analytics_sessiontotals) AS whole
         CROSS JOIN LATERAL (VALUES
               ('day', day), ('month', date_trunc('month', day)::date),
               ('year', date_trunc('year', day)::date), ('all', '0001-01-01'::date)
               ) AS period(name, start)
         GROUP BY GROUPING SETS ((period.name, period.start),
                                 (period.name, period.start, moderator_id))) AS one
 WHERE built.period = one.name AND built.start = one.start
   AND built.moderator_id IS NOT DISTINCT FROM one.moderator_id
"""

FILL_VALUES = """
INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)
WITH known AS (
     SELECT day, subject, session_id, value,
            sum(CASE WHEN number IN (1, 2) THEN n ELSE 0 END) AS decided,
            sum(CASE WHEN number = 2 THEN n ELSE 0 END) AS rejected
       FROM analytics_sessionvalue WHERE subject IN ('video_queue', 'video_reason')
      GROUP BY day, subject, session_id, value
), of_session AS (
     SELECT session_id, subject, sum(decided) AS decided, sum(rejected) AS rejected
       FROM known GROUP BY session_id, subject
), part AS (
     SELECT day, subject, value, decided, rejected FROM known
      UNION ALL
     SELECT whole.day, named.subject, '',
            whole.accepted + whole.rejected - coalesce(of_session.decided, 0),
            whole.rejected - coalesce(of_session.rejected, 0)
       FROM analytics_sessiontotals AS whole
      CROSS JOIN (VALUES ('video_queue'), ('video_reason')) AS named(subject)
       LEFT JOIN of_session ON of_session.session_id = whole.session_id
             AND of_session.subject = named.subject
), one AS (
     SELECT period.name, period.start, subject, value, count(*) AS sessions,
            sum(decided * decided) AS squares, sum(rejected * rejected) AS rejected_squares,
            sum(decided * rejected) AS products
       FROM part
      CROSS JOIN LATERAL (VALUES
            ('day', day), ('month', date_trunc('month', day)::date),
            ('year', date_trunc('year', day)::date), ('all', '0001-01-01'::date)
            ) AS period(name, start)
      WHERE decided > 0 GROUP BY period.name, period.start, subject, value
)
SELECT built.period, built.start, subject, value, pair.number, pair.n, pair.amount
  FROM one JOIN analytics_periodvideos AS built
       ON built.period = one.name AND built.start = one.start
 CROSS JOIN LATERAL (VALUES (3, sessions, squares), (4, rejected_squares, products))
       AS pair(number, n, amount)
"""

EMPTY_VALUES = """
DELETE FROM analytics_periodvalue
 WHERE subject IN ('video_queue', 'video_reason') AND number IN (3, 4)
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0008_summary_state")]

    operations = [
        *(
            migrations.AddField(
                "periodtotals", name, models.BigIntegerField(default=0, help_text=text),
                preserve_default=False,
            )
            for name, text in (
                ("decided_sessions", "Sessions with decided views."),
                ("decided_squares", "Sum of the squares of decided views."),
                ("rejected_squares", "Sum of the squares of rejected views."),
                ("decided_rejected", "Sum of decided times rejected views."),
            )
        ),
        migrations.AddIndex(
            "sessionvalue",
            models.Index(
                name="sessionvalue_names",
                fields=("day",),
                condition=Q(subject__in=("queue", "video_queue", "video_reason")),
            ),
        ),
        migrations.RunSQL(FILL_TOTALS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_VALUES, EMPTY_VALUES),
    ]
