"""``manage.py person export|erase NAME``: what is kept about somebody, given and forgotten."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.personal_data.erasure import erase
from analytics.personal_data.export import write_personal_data
from analytics.personal_data.subjects import PersonalSubject, find_subject

WARNING = """\
Names, accounts, notes and originals of {names} are deleted, and a pseudonym takes the name's place.
Figures stay as they are. Nothing brings the name back but a backup: docs/operating.md says what to
do about those.
Type {name} to go on: """


class Command(BaseCommand):
    """Gives people what is kept about them, and forgets who they are."""

    help = (
        "export: write all that is kept about a moderator or an account into a new ZIP file that"
        " only you can read. erase: forget who they are; their work stays, of a pseudonym."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the action, whose data, and the file of an export."""
        parser.add_argument("action", choices=("export", "erase"))
        parser.add_argument("name", help="a moderator's name, or an account's")
        parser.add_argument("file", type=Path, nargs="?", help="of an export: the ZIP file")
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="erase without asking",
        )

    def handle(self, *_args: Any, action: str, name: str, **options: Any) -> None:
        """Do it for whom there is."""
        subject = find_subject(name)
        if subject is None:
            raise CommandError(f"name: there is no moderator and no account {name!r}")
        file: Path | None = options["file"]
        if action == "export":
            if file is None:
                raise CommandError("file: an export needs the name of its ZIP file")
            self.export(subject, file)
            return
        if file is not None:
            raise CommandError("file: an erasure writes none; export first")
        self.erase(subject, interactive=options["interactive"])

    def export(self, subject: PersonalSubject, file: Path) -> None:
        """Write the file; one that could not be finished is removed."""
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"file: {file}: {error.strerror}") from error
        try:
            with os.fdopen(descriptor, "wb") as output:
                written = write_personal_data(subject, output)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        for part, size in written:
            self.stdout.write(f"{part}: {size} bytes")

    def erase(self, subject: PersonalSubject, *, interactive: bool) -> None:
        """Ask, erase, and say what was done and what is left."""
        if interactive and not self.is_confirmed(subject):
            raise CommandError("nothing was erased")
        erasure = erase(subject)
        for what, n in erasure.counts.items():
            self.stdout.write(f"{what}: {n}")
        self.stdout.write(f"{subject.name} is {erasure.pseudonym} from now on")
        for place, n in erasure.still_named.items():
            rows = "1 row" if n == 1 else f"{n} rows"
            self.stdout.write(f"still there, in data of others: {place}, {rows}")

    def is_confirmed(self, subject: PersonalSubject) -> bool:
        """Whether the name was typed."""
        question = WARNING.format(names=", ".join(subject.names), name=subject.name)
        try:
            return input(question).strip() == subject.name
        except EOFError:
            return False
