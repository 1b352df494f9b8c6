"""Erasure: names leave the audit, its entries stay."""

from django.db import migrations, models

# Retention deletes, and erasure changes the texts of entries, each for the one transaction in which
# it says so; everything else is refused as before.
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portal.audit_retention', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND current_setting('portal.audit_erasure', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The audit is append-only: % is refused', TG_OP;
END $$;
CREATE FUNCTION audit_erases_texts_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'details' - 'object_key' <> to_jsonb(OLD) - 'details' - 'object_key' THEN
        RAISE EXCEPTION 'The audit is append-only: an erasure changes texts alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_erases_texts_only BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_erases_texts_only();
"""
APPEND_ONLY_WITHOUT_ERASURE = """
DROP TRIGGER audit_erases_texts_only ON audit_entry;
DROP FUNCTION audit_erases_texts_only();
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portal.audit_retention', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The audit is append-only: % is refused', TG_OP;
END $$;
"""

# Whoever writes, with whatever name in hand.
STAYS_ERASED = """
CREATE FUNCTION audit_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name := OLD.name;
    NEW.is_erased := true;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_stays_erased BEFORE UPDATE ON audit_person
    FOR EACH ROW WHEN (OLD.is_erased) EXECUTE FUNCTION audit_stays_erased();
"""
MAY_BE_NAMED = """
DROP TRIGGER audit_stays_erased ON audit_person;
DROP FUNCTION audit_stays_erased();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_refused'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_action_known',
        ),
        migrations.AddField(
            model_name='person',
            name='is_erased',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='entry',
            name='action',
            field=models.CharField(choices=[('login', 'Login'), ('login-failed', 'Failed login'), ('logout', 'Logout'), ('look', 'Look'), ('export', 'Export'), ('token', 'Use of a token'), ('import', 'Import'), ('create', 'Created'), ('change', 'Changed'), ('delete', 'Deleted'), ('erase', 'Erased'), ('refused', 'Refused')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['login', 'login-failed', 'logout', 'look', 'export', 'token', 'import', 'create', 'change', 'delete', 'erase', 'refused'])), name='entry_action_known'),
        ),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_WITHOUT_ERASURE),
        migrations.RunSQL(STAYS_ERASED, MAY_BE_NAMED),
    ]
