"""The data of an older PostgreSQL major, taken over by pg_upgrade.

The old cluster is copied, never changed, and kept; the new one takes its place only when it holds
as many rows in every table. Needs the programs of the old major: Debian's postgresql-15, say.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from moderation_portal.postgres import roles
from moderation_portal.postgres.clusters import Cluster, major_of, other_cluster
from moderation_portal.postgres.errors import PostgresError
from moderation_portal.postgres.installation import Installation
from moderation_portal.postgres.server import Server

# Where packages put the programs of one major version.
_PLACES = (
    "/usr/lib/postgresql/{major}/bin",
    "/usr/pgsql-{major}/bin",
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
)

# Lets in whoever can reach the socket, which lies in a folder of the server's account.
_TRUST = "local all all trust\n"

_UNKNOWN_OPTION = "unrecognized parameter"

Counts = dict[str, dict[str, int]]


def upgrade(server: Server, tell: Callable[[str], object], old_bin: Path | None = None) -> Path:
    """Take the data over; returns the folder of the old ones, which stay as they are."""
    installation = server.installation
    with server.usable():
        server.prepare_folders()
        with server.lock():
            old = other_cluster(server.data_dir, installation.major)
            if old is None:
                raise PostgresError(
                    f"There is nothing to upgrade in {server.data_dir}: no data of an older "
                    f"PostgreSQL, or data of {installation.major} beside them."
                )
            major = major_of(old) or 0
            if major > installation.major:
                raise PostgresError(f"The data in {old} are newer than the portal's PostgreSQL.")
            programs = _programs(major, old_bin)
            # Two servers on the same data would ruin them.
            server.end(old)
            if old == server.cluster:
                # Their folder has the name of the new one.
                old = old.rename(server.data_dir / f"postgres-{major}")
            installation.give(old)
            with _workplace(server) as place:
                new = _take_over(server, old, programs, place, tell)
                new.folder.rename(server.cluster)
    return old


def _take_over(
    server: Server, old: Path, programs: Path, place: Path, tell: Callable[[str], object]
) -> Cluster:
    """Make the new cluster and fill it; it is not in its place yet."""
    installation = server.installation
    tell(f"Counting the rows in {old}")
    with _running(installation, programs, old, place):
        superuser = _superuser(place)
        before = _count_rows(place, superuser)
    tell(f"Copying the data of PostgreSQL {major_of(old)} to {installation.major}")
    new = server.new_cluster()
    output = _run_pg_upgrade(new, superuser, old, programs, place)
    if output is not None:
        # Builds of PostgreSQL with options of their own, which no other server knows.
        if _UNKNOWN_OPTION not in output:
            raise PostgresError(f"The data could not be upgraded, and are unchanged. {output}")
        tell("The old server adds options that the new one does not know: copying without them")
        new = server.new_cluster()
        unknown = output.partition(_UNKNOWN_OPTION)[2].split('"')[1]
        _dump_and_restore(new, superuser, old, programs, place, unknown)
    tell("Counting the rows again")
    with _running(installation, installation.bin, new.folder, place):
        after = _count_rows(place, superuser)
    if after.get(roles.DATABASE) != before.get(roles.DATABASE):
        raise PostgresError("The upgraded data differ from the old ones, which are unchanged.")
    return new


def _run_pg_upgrade(
    new: Cluster, superuser: str, old: Path, programs: Path, place: Path
) -> str | None:
    """Fill the new cluster with everything; what went wrong, or None."""
    installation = new.installation
    # It wants the old one's checksums or their absence; the rest it takes over itself.
    has_checksums = _has_checksums(installation, programs, old)
    checksums = "--data-checksums" if has_checksums else "--no-data-checksums"
    new.create(superuser, checksums, "--locale=C")
    trust = f"-c hba_file={place / 'access'} -c listen_addresses="
    result = installation.run(
        *("pg_upgrade", "-b", programs, "-B", installation.bin, "-d", old, "-D", new.folder),
        *("-U", superuser, "-s", place, "-o", trust, "-O", trust),
        cwd=place,
        seconds=None,
    )
    return _errors(new.folder, result.stdout) if result.returncode else None


def _dump_and_restore(
    new: Cluster, superuser: str, old: Path, programs: Path, place: Path, unknown: str
) -> None:
    """Fill the new cluster with the portal's database, without an option of columns."""
    installation = new.installation
    dump, connection_options = place / "dump", ("-h", place, "-p", "5432", "-U")
    with _running(installation, programs, old, place):
        options = ("--no-owner", "-f", dump, "-d", roles.DATABASE)
        result = installation.run("pg_dump", *connection_options, superuser, *options, seconds=None)
    if result.returncode:
        raise PostgresError(f"The data could not be read: {result.stdout.strip()}")
    _leave_out(unknown, dump, place / "script")
    installation.give(place / "script")
    new.create(roles.SUPERUSER, *roles.LOCALE)
    with _running(installation, installation.bin, new.folder, place):
        roles.prepare(str(place))
        result = installation.run(
            *("psql", *connection_options, roles.USER, "-d", roles.DATABASE, "-X", "-q", "-1"),
            *("-v", "ON_ERROR_STOP=1", "-f", place / "script"),
            seconds=None,
        )
    if result.returncode:
        raise PostgresError(f"The data could not be copied, and are unchanged. {result.stdout}")


def _leave_out(option: str, dump: Path, script: Path) -> None:
    """Copy the statements of a dump but those that set this option; rows stay as they are."""
    statement = re.compile(
        rb"ALTER TABLE .* ALTER COLUMN .* SET \(" + option.encode() + rb"=[^()]*\);\n"
    )
    in_rows = False
    with dump.open("rb") as lines, script.open("wb") as script_lines:
        for line in lines:
            if in_rows or not statement.fullmatch(line):
                script_lines.write(line)
            if in_rows:
                in_rows = line != b"\\.\n"
            else:
                in_rows = line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n")


def _errors(folder: Path, output: str) -> str:
    """The lines of pg_upgrade's notes that name an error, else all that it said."""
    notes = sorted(folder.glob("pg_upgrade_output.d/*/log/*.log"))
    lines = [line for note in notes for line in note.read_text(errors="replace").splitlines()]
    return "\n".join(line for line in lines if "error:" in line or "ERROR:" in line) or output


def _programs(major: int, folder: Path | None) -> Path:
    """The folder with the programs of that major version."""
    places = [folder] if folder else [Path(place.format(major=major)) for place in _PLACES]
    for place in places:
        if (place / "postgres").exists() and (place / "pg_controldata").exists():
            return place
    raise PostgresError(
        f"The data are those of PostgreSQL {major}, whose programs are needed to read them and "
        f"were looked for in {', '.join(map(str, places))}. Install them (apt-get install "
        f"postgresql-{major}), or say where they are: --old-bin FOLDER"
    )


@contextlib.contextmanager
def _workplace(server: Server) -> Iterator[Path]:
    """A folder of the server's account for sockets and pg_upgrade's notes."""
    # In /tmp, as paths of sockets must be short.
    place = Path(tempfile.mkdtemp(prefix="portal-upgrade-", dir="/tmp"))
    try:
        (place / "access").write_text(_TRUST)
        server.installation.give(place)
        yield place
    finally:
        shutil.rmtree(place)
        for leftover in server.data_dir.glob("cluster-new-*"):
            if not server.cluster.exists():
                shutil.rmtree(leftover)


@contextlib.contextmanager
def _running(
    installation: Installation, programs: Path, folder: Path, place: Path
) -> Iterator[None]:
    """Run a server on a cluster, for nobody else; a crash of the past is mended by that, too."""
    options = f"-c hba_file={place / 'access'} -c listen_addresses= -k {place}"
    arguments = ("-D", folder, "-w", "-t", "60", "-l", place / "log")
    started = installation.run(programs / "pg_ctl", "start", *arguments, "-o", options)
    if started.returncode:
        log = place / "log"
        reason = log.read_text().strip() if log.exists() else started.stdout.strip()
        raise PostgresError(f"PostgreSQL does not start with the data in {folder}: {reason}")
    try:
        yield
    finally:
        installation.run(programs / "pg_ctl", "stop", "-D", folder, "-m", "fast", "-w", "-t", "60")


def _connect(place: Path, user: str, database: str) -> psycopg.Connection:
    # As root, who passes into the folder of the account.
    return psycopg.connect(
        host=str(place), port=5432, user=user, dbname=database, connect_timeout=10
    )


def _superuser(place: Path) -> str:
    """The role that the cluster was made with, which pg_upgrade works as."""
    for name in ("postgres", "portal", _login_name()):
        with contextlib.suppress(psycopg.OperationalError), _connect(place, name, "template1") as c:
            row = c.execute("SELECT rolname FROM pg_roles WHERE oid = 10").fetchone()
            if row is not None:
                return str(row[0])
    raise PostgresError("No role of the old data lets the portal in: postgres or portal.")


def _login_name() -> str:
    return os.environ.get("USER") or "postgres"


def _count_rows(place: Path, user: str) -> Counts:
    """Rows by table, by database."""
    with _connect(place, user, "template1") as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall()
    row_counts: Counts = {}
    for (name,) in names:
        with _connect(place, user, name) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            row_counts[name] = {}
            for schema, table in tables:
                count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
                row = connection.execute(count).fetchone()
                row_counts[name][f"{schema}.{table}"] = row[0] if row else 0
    return row_counts


def _has_checksums(installation: Installation, programs: Path, folder: Path) -> bool:
    """Whether the pages of a cluster have checksums."""
    output = installation.run(programs / "pg_controldata", folder).stdout
    line = next((row for row in output.splitlines() if "checksum version" in row), ": 0")
    return line.rpartition(":")[2].strip() != "0"
