"""When each type of recommendation was first seen, by which charts colour it."""

from django.db import migrations

FILL = """
INSERT INTO analytics_seenvalue (subject, value)
SELECT 'recommendation_type', recommendation_type
  FROM analytics_recommendation
 GROUP BY recommendation_type
 ORDER BY min(date), recommendation_type
"""
EMPTY = "DELETE FROM analytics_seenvalue WHERE subject = 'recommendation_type'"


class Migration(migrations.Migration):
    dependencies = [("analytics", "0022_status_index")]

    operations = [migrations.RunSQL(FILL, EMPTY)]
