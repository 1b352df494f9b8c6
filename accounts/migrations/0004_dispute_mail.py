"""Whether somebody wants mails about their disputes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_end_of_access'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='wants_dispute_mail',
            field=models.BooleanField(default=False, help_text='A mail when a dispute of theirs about a check is decided.', verbose_name='mails about disputes'),
        ),
    ]
