"""The targets that the insights hold the figures to, until an admin edits them."""

from django.db import migrations

TARGETS = (
    # figure, label, unit, value, direction
    ("average_ctr", "Click-through rate", "0-1", 0.6, "higher"),
    ("average_length_minutes", "Session length", "min", 60.0, "higher"),
    ("average_messages", "Number of messages", "a session", 20.0, "higher"),
    ("average_rating", "Feedback rating", "of 6", 4.0, "higher"),
    ("average_response_minutes", "Response time", "min", 10.0, "lower"),
    ("average_satisfaction", "Satisfaction", "", 4.0, "higher"),
)


def add(apps, schema_editor):
    """Add the targets that are not there."""
    target = apps.get_model("analytics", "Target")
    for figure, label, unit, value, direction in TARGETS:
        target.objects.get_or_create(
            figure=figure,
            defaults={"label": label, "unit": unit, "value": value, "direction": direction},
        )


def remove(apps, schema_editor):
    """Remove them: the tables themselves go with the first migration."""
    apps.get_model("analytics", "Target").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_summaries")]

    operations = [migrations.RunPython(add, remove)]
