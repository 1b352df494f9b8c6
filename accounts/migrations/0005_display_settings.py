"""How somebody wants numbers, dates and times written, and a name beside their username."""

from django.db import migrations, models

import accounts.models

NUMBER_FORMATS = [
    ("comma-point", "1,234.5"),
    ("space-comma", "1 234,5"),
    ("point-comma", "1.234,5"),
    ("apostrophe-point", "1’234.5"),
]
DATE_FORMATS = [("named-month", "27 Nov 2026"), ("iso", "2026-11-27"), ("month-first", "11/27/2026")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_dispute_mail")]

    operations = [
        migrations.AddField(
            "user",
            "display_name",
            models.CharField(
                blank=True,
                help_text="Shown beside the username, at the top of each page.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            "user",
            "time_zone",
            models.CharField(
                blank=True,
                help_text="Of moments; days, weeks and months are those of the portal.",
                max_length=64,
                validators=[accounts.models.validate_time_zone],
            ),
        ),
        migrations.AddField(
            "user",
            "number_format",
            models.CharField(
                "numbers", choices=NUMBER_FORMATS, default="comma-point", max_length=20
            ),
        ),
        migrations.AddField(
            "user",
            "date_format",
            models.CharField("dates", choices=DATE_FORMATS, default="named-month", max_length=20),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                name="user_number_format_known",
                condition=models.Q(number_format__in=[name for name, _ in NUMBER_FORMATS]),
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                name="user_date_format_known",
                condition=models.Q(date_format__in=[name for name, _ in DATE_FORMATS]),
            ),
        ),
    ]
