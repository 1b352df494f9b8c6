"""The review metrics as plain SQL on the raw tables, in words that PostgreSQL and DuckDB share.

What somebody would write who has the contract and a SQL prompt: one statement a metric, no
summaries. ``finish`` makes the contract's rows of what a statement gives, independently of the
portal's own code, so that the two can be compared.

Two functions differ between the engines and are defined before: ``epoch_us`` (a time as
microseconds) and ``whole_seconds`` (of microseconds, rounded down).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import finishing

Values = Sequence[Any]
Rows = list[dict[str, Any]]

SESSIONS = "analytics_session s"
VIEWS = "analytics_videoview v JOIN analytics_session s ON s.id = v.session_id"
SPEEDS = (
    "analytics_playbackspeed p JOIN analytics_videoview v ON v.id = p.view_id"
    " JOIN analytics_session s ON s.id = v.session_id"
)
IDLE = "analytics_inactivity i JOIN analytics_session s ON s.id = i.session_id"
QUEUES = "analytics_queueassignment q JOIN analytics_session s ON s.id = q.session_id"

# Idle time of each session of known duration: the union of the placed intervals, clipped, plus
# the others, at most the duration.
IDLE_OF_SESSIONS = f"""
placed AS (
    SELECT s.id AS session_id,
           greatest(epoch_us(i.started_at), epoch_us(s.started_at)) AS begins,
           least(epoch_us(i.started_at) + i.duration_us,
                 coalesce(epoch_us(s.ended_at), epoch_us(s.started_at) + s.duration_us)) AS ends
      FROM {IDLE}
     WHERE {{scope}} AND s.duration_us IS NOT NULL
       AND i.duration_us IS NOT NULL AND i.started_at IS NOT NULL),
reached AS (
    SELECT session_id, begins, ends,
           max(ends) OVER (PARTITION BY session_id ORDER BY begins, ends
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered
      FROM placed WHERE ends > begins),
gaps AS (
    SELECT session_id, greatest(0, ends - greatest(begins, coalesce(covered, begins))) AS us
      FROM reached
     UNION ALL
    SELECT s.id, i.duration_us FROM {IDLE}
     WHERE {{scope}} AND i.duration_us IS NOT NULL AND i.started_at IS NULL),
idle AS (SELECT session_id, sum(us) AS us FROM gaps GROUP BY session_id),
views AS (
    SELECT v.session_id,
           count(*) AS videos,
           count(*) FILTER (WHERE v.decision = 'accepted') AS accepted,
           count(*) FILTER (WHERE v.decision = 'rejected') AS rejected,
           count(*) FILTER (WHERE v.status = 'completed') AS completed
      FROM {VIEWS} WHERE {{scope}} GROUP BY v.session_id),
one AS (
    SELECT s.moderator_id,
           CAST(s.started_at AS date) AS day,
           coalesce(videos, 0) AS videos,
           coalesce(accepted, 0) AS accepted,
           coalesce(rejected, 0) AS rejected,
           coalesce(completed, 0) AS completed,
           CASE WHEN s.duration_us IS NULL THEN 0
                ELSE coalesce(accepted, 0) + coalesce(rejected, 0) END AS timed_decided,
           coalesce(s.duration_us, 0) AS logged_us,
           CASE WHEN s.duration_us IS NULL THEN 0
                ELSE least(s.duration_us, coalesce(idle.us, 0)) END AS idle_us
      FROM {SESSIONS}
      LEFT JOIN views ON views.session_id = s.id
      LEFT JOIN idle ON idle.session_id = s.id
     WHERE {{scope}})
"""

# How much more the rates of sessions vary than those of independent videos would, from the
# sessions' ``n`` videos of which ``r`` count.
SPREAD = """
people AS (
    SELECT moderator_id, count(*) AS m, sum(n) AS n, sum(r) / CAST(sum(n) AS double precision) AS p
      FROM decided WHERE n > 0 GROUP BY moderator_id),
spread AS (
    SELECT people.m, people.n, people.p,
           sum((decided.r - people.p * decided.n) * (decided.r - people.p * decided.n)) AS squares
      FROM decided JOIN people ON people.moderator_id = decided.moderator_id
     WHERE people.m > 1 AND people.p > 0 AND people.p < 1
     GROUP BY people.moderator_id, people.m, people.n, people.p),
effect AS (
    SELECT sum(m / (m - CAST(1 AS double precision)) * squares / n) / sum(p * (1 - p)) AS d
      FROM spread)
"""
DESIGN_EFFECT = f"""
decided AS (
    SELECT s.moderator_id, v.session_id,
           count(*) FILTER (WHERE v.decision <> 'none') AS n,
           count(*) FILTER (WHERE v.decision = 'rejected') AS r
      FROM {VIEWS} WHERE {{dates}} GROUP BY s.moderator_id, v.session_id),
{SPREAD}
"""


def shared_videos(month: str = "DATE '2000-01-01'") -> str:
    """Everyone's last decisions, and the videos that several decided; those of each ``month``."""
    return f"""
decisions AS (
    SELECT s.moderator_id, v.session_id, v.video_id, v.decision, {month} AS month,
           row_number() OVER (PARTITION BY s.moderator_id, v.video_id, {month}
               ORDER BY s.started_at DESC, s.public_id DESC, v.position DESC) AS place
      FROM {VIEWS}
     WHERE {{dates}} AND v.video_id IS NOT NULL AND v.decision <> 'none'),
shared AS (
    SELECT month, video_id,
           count(*) FILTER (WHERE decision = 'accepted') AS accepted,
           count(*) FILTER (WHERE decision = 'rejected') AS rejected
      FROM decisions WHERE place = 1 GROUP BY month, video_id HAVING count(*) > 1)
"""


MONTH = "CAST(date_trunc('month', s.started_at) AS date)"

# Each person's last decisions beside those of the others, who are not divided equally.
AGAINST_OTHERS = f"""
compared AS (
    SELECT d.moderator_id, d.session_id, d.decision,
           shared.accepted - shared.rejected
               - CASE WHEN d.decision = 'accepted' THEN 1 ELSE -1 END AS balance
      FROM decisions d JOIN shared ON shared.video_id = d.video_id WHERE d.place = 1),
decided AS (
    SELECT moderator_id, session_id, count(*) AS n,
           count(*) FILTER (WHERE (balance > 0) = (decision = 'accepted')) AS r
      FROM compared WHERE balance <> 0 GROUP BY moderator_id, session_id),
{SPREAD}
"""

LENGTH = """
CASE WHEN s.duration_us IS NULL THEN 'unknown'
     WHEN s.duration_us <= 30000000 THEN '0-30s'
     WHEN s.duration_us <= 60000000 THEN '31-60s'
     WHEN s.duration_us <= 120000000 THEN '61-120s'
     WHEN s.duration_us <= 300000000 THEN '121-300s'
     WHEN s.duration_us <= 600000000 THEN '301-600s'
     WHEN s.duration_us <= 1800000000 THEN '601-1800s'
     WHEN s.duration_us <= 3600000000 THEN '1801-3600s'
     WHEN s.duration_us <= 7200000000 THEN '3601-7200s'
     ELSE '>7200s' END
"""

UNIQUE_LINE = f"""
SELECT s.public_id, m.username, s.started_at, count(DISTINCT v.video_id) AS value
  FROM {SESSIONS}
  JOIN analytics_moderator m ON m.id = s.moderator_id
  LEFT JOIN analytics_videoview v ON v.session_id = s.id
 WHERE {{scope}}
 GROUP BY s.id, s.public_id, m.username, s.started_at
"""

SPEED_LINE = f"""
SELECT s.public_id, m.username, s.started_at, avg(p.value) AS value
  FROM {SPEEDS} JOIN analytics_moderator m ON m.id = s.moderator_id
 WHERE {{scope}}
 GROUP BY s.id, s.public_id, m.username, s.started_at
"""

BY_DAY = """
SELECT CAST(started_at AS date) AS day, count(*), avg(value), min(value), max(value)
  FROM ({line}) AS line GROUP BY day ORDER BY day
"""


@dataclass(frozen=True)
class Query:
    """A metric in plain SQL. ``{scope}`` is a condition on the session ``s``."""

    sql: str
    finish: Callable[[Sequence[Values]], Rows]
    needs_session: bool = False
    drawn_sql: str | None = None
    """The line condensed by day, as it is drawn of many sessions."""

    def for_chart(self, scope: str) -> str:
        """What a chart needs."""
        return (self.drawn_sql or self.sql).format(scope=scope, dates=dates_of(scope))

    def whole(self, scope: str) -> str:
        """What gives every row."""
        return self.sql.format(scope=scope, dates=dates_of(scope))


def dates_of(scope: str) -> str:
    """The part of a scope's condition that is about its dates."""
    parts = [part for part in scope.split(" AND ") if part.startswith("s.started_at")]
    return " AND ".join(parts) or "TRUE"


def columns(*names: str) -> Callable[[Sequence[Values]], Rows]:
    """The finish of a statement whose rows need nothing but names."""
    return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]


QUERIES: dict[str, Query] = {
    "review-summary": Query(
        f"""
        WITH {IDLE_OF_SESSIONS}
        SELECT count(*), count(DISTINCT moderator_id), coalesce(sum(videos), 0),
               (SELECT count(DISTINCT v.video_id) FROM {VIEWS} WHERE {{scope}}),
               coalesce(sum(accepted), 0), coalesce(sum(rejected), 0),
               coalesce(sum(logged_us), 0), coalesce(sum(idle_us), 0),
               coalesce(sum(timed_decided), 0)
          FROM one
        """,
        finishing.summary,
    ),
    "review-by-day": Query(
        f"""
        WITH {IDLE_OF_SESSIONS}
        SELECT day, count(*), count(DISTINCT moderator_id), sum(videos), sum(accepted),
               sum(rejected), sum(logged_us), sum(idle_us), sum(timed_decided)
          FROM one GROUP BY day ORDER BY day
        """,
        finishing.by_day,
    ),
    "decisions": Query(
        f"SELECT v.decision, count(*) FROM {VIEWS} WHERE {{scope}} GROUP BY v.decision",
        finishing.decisions,
    ),
    "video-status": Query(
        f"SELECT v.status, count(*) FROM {VIEWS} WHERE {{scope}} GROUP BY v.status",
        finishing.statuses,
    ),
    "sound-status": Query(
        f"SELECT v.sound, count(*) FROM {VIEWS} WHERE {{scope}} GROUP BY v.sound",
        finishing.sounds,
    ),
    "session-duration": Query(
        f"SELECT {LENGTH} AS bucket, count(*) FROM {SESSIONS} WHERE {{scope}} GROUP BY bucket",
        finishing.lengths,
    ),
    "idle-time": Query(
        f"""
        SELECT i.kind, whole_seconds(i.duration_us) AS second, count(*)
          FROM {IDLE} WHERE {{scope}} AND i.duration_us IS NOT NULL GROUP BY i.kind, second
        """,
        finishing.histogram,
    ),
    "idle-summary": Query(
        f"""
        SELECT i.kind, count(*), sum(i.duration_us),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY i.duration_us)
          FROM {IDLE} WHERE {{scope}} AND i.duration_us IS NOT NULL
         GROUP BY i.kind ORDER BY i.kind
        """,
        finishing.idle,
    ),
    "unique-videos": Query(
        f"SELECT count(DISTINCT v.video_id) FROM {VIEWS} WHERE {{scope}}", columns("unique_videos")
    ),
    "unique-videos-per-session": Query(
        f"{UNIQUE_LINE} ORDER BY s.started_at, s.public_id",
        columns("session", "moderator", "started_at", "unique_videos"),
        drawn_sql=BY_DAY.format(line=UNIQUE_LINE),
    ),
    "playback-speeds": Query(
        f"""
        SELECT p.value, count(*) FROM {SPEEDS} WHERE {{scope}} GROUP BY p.value ORDER BY p.value
        """,
        columns("speed", "changes"),
    ),
    "playback-speed-per-session": Query(
        f"{SPEED_LINE} ORDER BY s.started_at, s.public_id",
        columns("session", "moderator", "started_at", "average_speed"),
        drawn_sql=BY_DAY.format(line=SPEED_LINE),
    ),
    "queues": Query(
        f"""
        SELECT q.name, count(*), coalesce(sum(q.item_count), 0) AS items
          FROM {QUEUES} WHERE {{scope}} AND q.active GROUP BY q.name ORDER BY items DESC, q.name
        """,
        columns("queue", "assignments", "items"),
    ),
    "queue-details": Query(
        f"""
        SELECT q.name, q.item_count, CAST(q.subqueues AS text), q.position
          FROM {QUEUES} WHERE {{scope}} AND q.active
        """,
        finishing.queue_details,
        needs_session=True,
    ),
    "queue-by-day": Query(
        f"""
        SELECT CAST(s.started_at AS date) AS day, q.name, count(*),
               coalesce(sum(q.item_count), 0)
          FROM {QUEUES} WHERE {{scope}} AND q.active GROUP BY day, q.name ORDER BY day, q.name
        """,
        columns("day", "queue", "assignments", "items"),
    ),
    "moderator-review": Query(
        f"""
        WITH {IDLE_OF_SESSIONS}, {DESIGN_EFFECT}
        SELECT m.username, count(*), sum(videos), sum(accepted), sum(rejected), sum(completed),
               sum(logged_us), sum(idle_us), sum(timed_decided), (SELECT d FROM effect)
          FROM one JOIN analytics_moderator m ON m.id = one.moderator_id
         GROUP BY m.username ORDER BY m.username
        """,
        finishing.moderators,
    ),
    "agreement-summary": Query(
        f"""
        WITH {shared_videos()}
        SELECT accepted, rejected, count(*) FROM shared GROUP BY accepted, rejected
        """,
        finishing.agreement,
    ),
    "agreement-by-month": Query(
        f"""
        WITH {shared_videos(MONTH)}
        SELECT month, accepted, rejected, count(*) FROM shared GROUP BY month, accepted, rejected
        """,
        finishing.agreement_by_month,
    ),
    "agreement-by-moderator": Query(
        f"""
        WITH {shared_videos()}, {AGAINST_OTHERS}
        SELECT m.username, sum(decided.n), sum(decided.r), (SELECT d FROM effect)
          FROM decided JOIN {SESSIONS} ON s.id = decided.session_id
          JOIN analytics_moderator m ON m.id = s.moderator_id
         WHERE {{scope}} GROUP BY m.username ORDER BY m.username
        """,
        finishing.agreement_by_moderator,
    ),
    "disputed-videos": Query(
        f"""
        WITH {shared_videos()}
        SELECT video.public_id, shared.accepted, shared.rejected
          FROM shared JOIN analytics_video video ON video.id = shared.video_id
         WHERE shared.accepted > 0 AND shared.rejected > 0
           AND shared.video_id IN (
               SELECT d.video_id FROM decisions d JOIN {SESSIONS} ON s.id = d.session_id
                WHERE {{scope}})
        """,
        finishing.disputed,
    ),
}

# The lines of one point a session.
LINES = ("unique-videos-per-session", "playback-speed-per-session")
