"""A version of each built roll-up, which triggers renew with every statement that changes it.

What a process keeps of a roll-up's version is what its rows say, whoever changed them.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models

TABLES = ("analytics_periodtotals", "analytics_periodvalue", "analytics_periodvideos")

# A changed day renews the version of its month, too: the days of a month are read by it. A new set
# of videos comes with a version of its own, and a version that is renewed here renews no other.
RENEW = """
CREATE FUNCTION analytics_rollup_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 AND TG_TABLE_NAME = 'analytics_periodvideos' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE analytics_periodvideos SET version = gen_random_uuid();
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN{renew_new}
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN{renew_old}
    END IF;
    RETURN NULL;
END $$;
"""
RENEW_OF_ROWS = """
        UPDATE analytics_periodvideos AS rollup SET version = gen_random_uuid()
          FROM (SELECT DISTINCT period, start FROM {rows}) AS changed
         WHERE (rollup.period = changed.period AND rollup.start = changed.start
                AND NOT (TG_OP = 'INSERT' AND TG_TABLE_NAME = 'analytics_periodvideos'))
            OR (rollup.period = 'month' AND changed.period = 'day'
                AND rollup.start = date_trunc('month', changed.start::timestamp)::date);"""
TRIGGERS = """
CREATE TRIGGER renewed_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rollup_changed();
CREATE TRIGGER renewed_update AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rollup_changed();
CREATE TRIGGER renewed_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rollup_changed();
CREATE TRIGGER renewed_truncate AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rollup_changed();
"""


def renewing() -> str:
    """The function and the triggers of all tables."""
    function = RENEW.format(
        renew_new=RENEW_OF_ROWS.format(rows="new_rows"),
        renew_old=RENEW_OF_ROWS.format(rows="old_rows"),
    )
    return function + "".join(TRIGGERS.format(table=table) for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("analytics", "0026_withdrawn_disputes")]

    operations = [
        migrations.AddField(
            model_name="periodvideos",
            name="version",
            field=models.UUIDField(db_default=RandomUUID(), editable=False),
        ),
        migrations.RunSQL(renewing(), "DROP FUNCTION analytics_rollup_changed() CASCADE"),
    ]
