"""``manage.py retention --keep-days N``: the end of data that are older, by whole months."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from analytics import retention
from analytics.retention import Month


def described(month: Month) -> str:
    """``2025-03: 1,204 review sessions, 61,200 views``."""
    counts = ", ".join(f"{n:,} {name}" for name, n in month.counts.items())
    return f"{month.start:%Y-%m}: {counts}"


class Command(BaseCommand):
    """Deletes raw rows and their figures; for a monthly timer."""

    help = (
        "Delete review sessions and the rows of the other tables, with their figures, in the"
        " calendar months that ended more than --keep-days ago. In short steps: pages and imports"
        " go on. Can be stopped and run again. Ids stay refused when they are sent again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how long, and whether to look only."""
        parser.add_argument("--keep-days", type=int, required=True, metavar="N")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and delete nothing"
        )

    def handle(self, *_args: Any, keep_days: int, dry_run: bool, **options: Any) -> None:
        """Say what goes, month by month, and delete it."""
        if keep_days < 1:
            raise CommandError(f"--keep-days: {keep_days} is less than 1")
        day = retention.first_kept_day(keep_days, timezone.localdate())
        if dry_run:
            months = retention.months_before(day)
            for month in months:
                self.stdout.write(described(month))
            self.stdout.write(f"would delete {len(months)} months from before {day}")
            return
        self.delete(day)

    def delete(self, day: date) -> None:
        """Delete with a progress bar on a terminal."""
        count = 0
        total = sum(month.total for month in retention.months_before(day))
        with tqdm(total=total, unit=" sessions and rows", disable=None, leave=False) as bar:
            for month in retention.delete_before(day, bar.update):
                count += 1
                self.stdout.write(described(month))
        self.stdout.write(f"deleted {count} months from before {day}")
