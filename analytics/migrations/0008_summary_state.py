"""The row that says by which time zone the days are cut, and no figure or mark without it.

Views and triggers took the row by a cross join: without it they counted and marked nothing, and
said nothing. They ask a function now, which raises. Sessions that were written while the row was
missing are marked, so that they are summed.
"""

from importlib import import_module

from django.conf import settings
from django.db import migrations

summaries = import_module("analytics.migrations.0002_summaries")
values = import_module("analytics.migrations.0005_view_queue_reason_start")

# ``portal.time_zone`` is set by readers whose TIME_ZONE is another than the summaries'.
TIME_ZONE = """
CREATE FUNCTION analytics_time_zone() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    found text;
BEGIN
    SELECT time_zone INTO found FROM analytics_summarystate;
    IF found IS NULL THEN
        RAISE EXCEPTION 'analytics_summarystate has no row: no figure can be computed or kept'
              USING ERRCODE = 'object_not_in_prerequisite_state',
                    HINT = 'Run "manage.py migrate", then "manage.py summaries rebuild".';
    END IF;
    RETURN coalesce(nullif(current_setting('portal.time_zone', true), ''), found);
END $$;
"""

JOIN = "CROSS JOIN analytics_summarystate"


def asking(sql, *, asks):
    """Replace a view or the function of a trigger by one that asks the function, or does not."""
    sql = sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    sql = sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    sql = sql.partition("END $$;")
    sql = "".join(sql[:2])
    if not asks:
        return sql
    return sql.replace(f"{JOIN} state", "CROSS JOIN analytics_time_zone() AS state(time_zone)").replace(
        f"{JOIN} AS state", "CROSS JOIN analytics_time_zone() AS state(time_zone)"
    )


DEFINITIONS = (
    summaries.RAW_TOTALS,
    values.REPLACE.replace(values.COUNTED_BEFORE, values.COUNTED),
    *(summaries.triggers(table) for table in summaries.SESSIONS_OF),
)

LOCK = f"LOCK TABLE {', '.join(summaries.SESSIONS_OF)} IN SHARE ROW EXCLUSIVE MODE"

MARK_UNKNOWN = """
INSERT INTO analytics_stalesession (session_id, day)
SELECT session.id, (session.started_at AT TIME ZONE state.time_zone)::date
  FROM analytics_session AS session CROSS JOIN analytics_summarystate AS state
 WHERE NOT EXISTS (SELECT FROM analytics_sessiontotals WHERE session_id = session.id)
"""


def add_state(apps, schema_editor):
    """Add the row unless it is there."""
    state = apps.get_model("analytics", "SummaryState")
    state.objects.get_or_create(pk=1, defaults={"time_zone": settings.TIME_ZONE})


class Migration(migrations.Migration):
    dependencies = [("analytics", "0007_normalise_names")]

    operations = [
        # Nobody writes between the marking and the new triggers.
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        migrations.RunPython(add_state, migrations.RunPython.noop),
        migrations.RunSQL(TIME_ZONE, "DROP FUNCTION analytics_time_zone()"),
        *(
            migrations.RunSQL(asking(sql, asks=True), asking(sql, asks=False))
            for sql in DEFINITIONS
        ),
        migrations.RunSQL(MARK_UNKNOWN, migrations.RunSQL.noop),
    ]
