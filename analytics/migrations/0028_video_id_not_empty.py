"""A video has an id, as no import ever stores one without: its page could have no address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0027_rollup_versions")]

    operations = [
        migrations.AddConstraint(
            model_name="video",
            constraint=models.CheckConstraint(
                name="video_public_id_not_empty",
                condition=models.Q(("public_id__length__gt", 0)),
            ),
        ),
    ]
