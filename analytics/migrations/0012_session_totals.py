"""Let queries of sessions find their totals by name; nothing in the database changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0011_subqueue_names")]

    operations = [
        migrations.AlterField(
            model_name="sessiontotals",
            name="session",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                primary_key=True,
                related_name="totals",
                serialize=False,
                to="analytics.session",
            ),
        ),
    ]
