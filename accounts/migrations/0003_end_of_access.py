"""Programs, requests for new passwords, and what ends sessions and tokens."""

import django.db.models.functions.datetime
from django.db import migrations, models

# Whoever changes a role or deactivates an account, by the portal, a shell or SQL: it counts. No
# other write, of a row read before, can count back.
END_ACCESS = """
CREATE FUNCTION accounts_end_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.access_version := OLD.access_version;
    IF NEW.role <> OLD.role OR (OLD.is_active AND NOT NEW.is_active) THEN
        NEW.access_version := OLD.access_version + 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_end_access BEFORE UPDATE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_end_access();
"""
NO_END_ACCESS = """
DROP TRIGGER accounts_end_access ON accounts_user;
DROP FUNCTION accounts_end_access();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_api_tokens")]

    operations = [
        migrations.AddField(
            "user", "access_version", models.PositiveIntegerField(default=0, editable=False)
        ),
        migrations.AddField(
            "apitoken", "access_version", models.PositiveIntegerField(default=0, editable=False)
        ),
        migrations.AlterField(
            "user",
            "role",
            models.CharField(
                max_length=20,
                default="moderator",
                choices=[
                    ("moderator", "Moderator"),
                    ("lead", "Lead"),
                    ("admin", "Admin"),
                    ("program", "Program"),
                ],
            ),
        ),
        migrations.RemoveConstraint("user", "user_role_known"),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                name="user_role_known",
                condition=models.Q(role__in=["moderator", "lead", "admin", "program"]),
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                name="user_program_is_nobody",
                condition=~models.Q(role="program") | models.Q(moderator__isnull=True),
                violation_error_message="A program is no moderator.",
            ),
        ),
        migrations.CreateModel(
            name="ResetRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("address", models.GenericIPAddressField(null=True)),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index("email", "asked_at", name="resetrequest_email"),
                    models.Index("address", "asked_at", name="resetrequest_address"),
                ],
            },
        ),
        migrations.RunSQL(END_ACCESS, NO_END_ACCESS),
    ]
