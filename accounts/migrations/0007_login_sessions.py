"""Sessions with the account, the address and the browser in columns; nobody is logged out."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models

COLUMNS = "session_key, session_data, expire_date"
MOVE_BACK = f"""
INSERT INTO django_session ({COLUMNS}) SELECT {COLUMNS} FROM accounts_loginsession;
DELETE FROM accounts_loginsession;
"""


def move(apps: Any, schema_editor: Any) -> None:
    """Move the sessions with their accounts, of which only the data tell.

    Address, browser and times come with the next use, within a minute.
    """
    old, new = apps.get_model("sessions", "Session"), apps.get_model("accounts", "LoginSession")
    accounts = {str(pk) for pk in apps.get_model("accounts", "User").objects.values_list("pk", flat=True)}
    for row in old.objects.iterator():
        account = SessionStore().decode(row.session_data).get(SESSION_KEY)
        new.objects.create(
            session_key=row.session_key,
            session_data=row.session_data,
            expire_date=row.expire_date,
            user_id=account if account in accounts else None,
        )
    old.objects.all().delete()


def move_back(apps: Any, schema_editor: Any) -> None:
    """Move them back."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MOVE_BACK)


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
        migrations.RunPython(move, move_back),
    ]
