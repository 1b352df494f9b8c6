"""The names of accounts, which pages show beside what people added, renew its version, too."""

from django.conf import settings
from django.db import migrations

RENEW_VERSION = """
CREATE TRIGGER edited AFTER UPDATE OF username, first_name, last_name ON accounts_user
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_edited();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0024_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(RENEW_VERSION, "DROP TRIGGER edited ON accounts_user")]
