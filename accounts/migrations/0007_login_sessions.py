"""Sessions with the account, the address and the browser in columns; nobody is logged out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COLUMNS = "session_key, session_data, expire_date"
# What else the columns say comes with the next use, within a minute.
MOVE = f"""
INSERT INTO accounts_loginsession ({COLUMNS}, browser) SELECT {COLUMNS}, '' FROM django_session;
DELETE FROM django_session;
"""
MOVE_BACK = f"""
INSERT INTO django_session ({COLUMNS}) SELECT {COLUMNS} FROM accounts_loginsession;
DELETE FROM accounts_loginsession;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_company_accounts"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LoginSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("begun_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("browser", models.CharField(blank=True, max_length=300)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="login_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.RunSQL(MOVE, MOVE_BACK),
    ]
