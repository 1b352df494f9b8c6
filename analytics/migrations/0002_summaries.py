"""The views that say what is counted of a session, and the triggers that notice every change.

Written in SQL: the ORM has neither views, triggers nor multiranges. The views are the one
definition of the counters: the summaries are filled from them, and sessions whose summary is
out of date are read from them. ``docs/summaries.md`` tells how the parts work together.
"""

from django.db import migrations

RAW_TOTALS = """
CREATE VIEW analytics_rawtotals AS
SELECT s.id AS session_id,
       s.moderator_id,
       s.started_at,
       (s.started_at AT TIME ZONE state.time_zone)::date AS day,
       1::bigint AS sessions,
       (s.duration_us IS NOT NULL)::int::bigint AS timed_sessions,
       v.videos,
       v.unique_videos,
       v.accepted,
       v.rejected,
       v.completed,
       v.muted,
       v.unmuted,
       v.unnamed,
       CASE WHEN s.duration_us IS NULL THEN 0 ELSE v.accepted + v.rejected END AS timed_decided,
       coalesce(s.duration_us, 0) AS logged_us,
       -- Idle time never exceeds the session; overlaps of placed intervals count once.
       CASE WHEN s.duration_us IS NULL THEN 0
            ELSE least(s.duration_us, placed.idle_us + unplaced.idle_us) END AS idle_us,
       unplaced.unmeasured_idle,
       p.speed_changes,
       p.speed_sum
  FROM analytics_session s
 CROSS JOIN analytics_summarystate state
 CROSS JOIN LATERAL (
       SELECT count(*) AS videos,
              count(DISTINCT video_id) AS unique_videos,
              count(*) FILTER (WHERE decision = 'accepted') AS accepted,
              count(*) FILTER (WHERE decision = 'rejected') AS rejected,
              count(*) FILTER (WHERE status = 'completed') AS completed,
              count(*) FILTER (WHERE sound = 'muted') AS muted,
              count(*) FILTER (WHERE sound = 'unmuted') AS unmuted,
              count(*) FILTER (WHERE video_id IS NULL) AS unnamed
         FROM analytics_videoview WHERE session_id = s.id) v
 CROSS JOIN LATERAL (
       -- As numeric: the same sum in whatever order the rows come.
       SELECT count(*) AS speed_changes,
              coalesce(sum(speed.value::numeric), 0)::float8 AS speed_sum
         FROM analytics_playbackspeed AS speed
              -- As an array: one walk along the index, where a join looks up view by view.
        WHERE speed.view_id = ANY (ARRAY(
              SELECT id FROM analytics_videoview WHERE session_id = s.id))) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(duration_us) FILTER (WHERE started_at IS NULL), 0)::bigint AS idle_us,
              count(*) FILTER (WHERE duration_us IS NULL) AS unmeasured_idle
         FROM analytics_inactivity WHERE session_id = s.id) unplaced
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(extract(epoch FROM upper(stretch) - lower(stretch)) * 1000000), 0)::bigint
              AS idle_us
         FROM (SELECT unnest(range_agg(tstzrange(
                        greatest(gap.started_at, s.started_at),
                        least(gap.started_at + gap.duration_us * interval '1 microsecond',
                              whole.ended_at)))) AS stretch
                 FROM analytics_inactivity AS gap,
                      (SELECT s.started_at + s.duration_us * interval '1 microsecond'
                              AS ended_at) AS whole
                WHERE gap.session_id = s.id
                  AND gap.duration_us IS NOT NULL
                  AND gap.started_at < whole.ended_at
                  AND gap.started_at + gap.duration_us * interval '1 microsecond' > s.started_at
              ) AS stretches) placed
"""

# The lower bounds at which idle lengths are counted. Every bin width that a histogram may have
# is made of whole steps: below 100 s any width, from 100 s on only those of 10 s and more (a
# histogram has 20 bins at most), and so on. ``analytics.summaries.medians`` has the same.
IDLE_STEP = """
CASE WHEN seconds < 100 THEN seconds
     WHEN seconds < 300 THEN seconds - seconds % 5
     WHEN seconds < 600 THEN seconds - seconds % 30
     WHEN seconds < 2400 THEN seconds - seconds % 60
     WHEN seconds < 6000 THEN seconds - seconds % 300
     WHEN seconds < 12000 THEN seconds - seconds % 600
     WHEN seconds < 36000 THEN seconds - seconds % 1800
     ELSE seconds - seconds % 3600 END
"""

RAW_VALUE = f"""
CREATE VIEW analytics_rawvalue AS
SELECT s.id,
       s.id AS session_id,
       s.moderator_id,
       (s.started_at AT TIME ZONE state.time_zone)::date AS day,
       counted.subject,
       counted.value,
       counted.number,
       counted.n,
       counted.amount
  FROM analytics_session s
 CROSS JOIN analytics_summarystate state
 CROSS JOIN LATERAL (
       SELECT 'status' AS subject, status AS value, 0::float8 AS number,
              count(*) AS n, 0::bigint AS amount
         FROM analytics_videoview WHERE session_id = s.id GROUP BY status
       UNION ALL
       SELECT 'speed', '', speed.value, count(*), 0
         FROM analytics_playbackspeed AS speed
        WHERE speed.view_id = ANY (ARRAY(
              SELECT id FROM analytics_videoview WHERE session_id = s.id))
        GROUP BY speed.value
       UNION ALL
       SELECT 'idle', kind, {IDLE_STEP}, count(*), sum(duration_us)::bigint
         FROM (SELECT kind, duration_us, duration_us / 1000000 AS seconds
                 FROM analytics_inactivity
                WHERE session_id = s.id AND duration_us IS NOT NULL) AS measured
        GROUP BY kind, {IDLE_STEP}
       UNION ALL
       SELECT 'queue', name, 0, count(*), coalesce(sum(item_count), 0)::bigint
         FROM analytics_queueassignment WHERE session_id = s.id AND active GROUP BY name
       UNION ALL
       SELECT 'length',
              CASE WHEN s.duration_us IS NULL THEN 'unknown'
                   WHEN s.duration_us <= 30000000 THEN '0-30s'
                   WHEN s.duration_us <= 60000000 THEN '31-60s'
                   WHEN s.duration_us <= 120000000 THEN '61-120s'
                   WHEN s.duration_us <= 300000000 THEN '121-300s'
                   WHEN s.duration_us <= 600000000 THEN '301-600s'
                   WHEN s.duration_us <= 1800000000 THEN '601-1800s'
                   WHEN s.duration_us <= 3600000000 THEN '1801-3600s'
                   WHEN s.duration_us <= 7200000000 THEN '3601-7200s'
                   ELSE '>7200s' END,
              0, 1, 0
       ) AS counted
"""

# How the rows that a trigger saw ({rows}) lead to their sessions.
SESSIONS_OF = {
    "analytics_session": "{rows} AS session",
    "analytics_videoview": "{rows} JOIN analytics_session AS session ON session.id = session_id",
    "analytics_inactivity": "{rows} JOIN analytics_session AS session ON session.id = session_id",
    "analytics_queueassignment": (
        "{rows} JOIN analytics_session AS session ON session.id = session_id"
    ),
    "analytics_playbackspeed": (
        "{rows} JOIN analytics_videoview AS viewed ON viewed.id = view_id"
        " JOIN analytics_session AS session ON session.id = viewed.session_id"
    ),
}

# Their changes date the figures, though nothing is summed of them.
OTHER_TABLES = (
    "analytics_moderator",
    "analytics_video",
    "analytics_chatsession",
    "analytics_recommendation",
    "analytics_moderatorperformance",
    "analytics_target",
)


def mark(table: str, rows: str) -> str:
    """Return the statement that marks the sessions of a trigger's changed rows."""
    return f"""
        INSERT INTO analytics_stalesession (session_id, day)
        SELECT DISTINCT session.id, (session.started_at AT TIME ZONE state.time_zone)::date
          FROM {SESSIONS_OF[table].format(rows=rows)}
         CROSS JOIN analytics_summarystate AS state;"""


def triggers(table: str) -> str:
    """Return the function and the triggers of a table whose rows are summed."""
    return f"""
CREATE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_datachange (changed_at) VALUES (clock_timestamp());
    -- The portal's own way in sums what it writes in the same transaction.
    IF current_setting('portal.summed', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO analytics_stalesession (session_id, day)
        SELECT session_id, day FROM analytics_sessiontotals;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN{mark(table, "new_rows")}
    END IF;
    IF TG_OP <> 'INSERT' THEN{mark(table, "old_rows")}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER summaries_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed();
CREATE TRIGGER summaries_update AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed();
CREATE TRIGGER summaries_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed();
CREATE TRIGGER summaries_truncate AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed();
"""


def drop_triggers(table: str) -> str:
    """Return the reverse of ``triggers``."""
    return f"DROP FUNCTION {table}_changed() CASCADE;"


NOTE_CHANGE = """
CREATE FUNCTION analytics_data_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_datachange (changed_at) VALUES (clock_timestamp());
    RETURN NULL;
END $$;""" + "".join(
    f"""
CREATE TRIGGER data_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_data_changed();"""
    for table in OTHER_TABLES
)


class Migration(migrations.Migration):
    dependencies = (("analytics", "0001_initial"),)

    operations = (
        migrations.RunSQL(RAW_TOTALS, "DROP VIEW analytics_rawtotals"),
        migrations.RunSQL(RAW_VALUE, "DROP VIEW analytics_rawvalue"),
        *(migrations.RunSQL(triggers(table), drop_triggers(table)) for table in SESSIONS_OF),
        migrations.RunSQL(NOTE_CHANGE, "DROP FUNCTION analytics_data_changed() CASCADE"),
    )
