"""When the mail about a decided dispute was sent."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0020_refused_ids'),
    ]

    operations = [
        migrations.AddField(
            model_name='dispute',
            name='mailed_at',
            field=models.DateTimeField(editable=False, help_text='When the person was told, if they wanted it.', null=True),
        ),
    ]
