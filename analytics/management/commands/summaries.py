"""Keep, check and rebuild the summaries that the figures are read from."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from analytics.summaries import checking, writing


class Command(BaseCommand):
    """``manage.py summaries refresh|check|rebuild``."""

    help = (
        "refresh: sum up what other programs changed and build the roll-ups (figures are right "
        "without it, and faster with it). check: compute everything again from the raw rows "
        "and name any difference. rebuild: forget all summaries and build them again; can be "
        "stopped, 'refresh' goes on. Needed after TIME_ZONE has changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the action."""
        parser.add_argument("action", choices=("refresh", "check", "rebuild"))
        parser.add_argument(
            "--every",
            type=float,
            metavar="SECONDS",
            help="with refresh: don't end, refresh again and again with this pause",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the action; ``check`` exits with 1 when anything differs."""
        if options["action"] == "check":
            self.check_summaries()
            return
        if options["action"] == "rebuild":
            writing.reset_summaries()
        self.refresh()
        while options["every"]:
            time.sleep(options["every"])
            writing.refresh()

    def refresh(self) -> None:
        """Refresh with a progress bar on a terminal."""
        with tqdm(unit=" sessions and days", disable=None, leave=False) as bar:

            def update_bar(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            writing.refresh(update_bar)
        self.stdout.write("summaries: up to date")

    def check_summaries(self) -> None:
        """Print each difference, then how many."""
        count = 0
        with tqdm(unit=" sessions", disable=None, leave=False) as bar:

            def update_bar(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            for difference in checking.differences(update_bar):
                count += 1
                self.stdout.write(difference)
        self.stdout.write(f"summaries: {count} differences")
        if count:
            raise SystemExit(1)
