# SPDX-License-Identifier: Apache-2.0
"""All that only SQLite says: how a ledger file is opened, guarded, searched and reported on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from goldenhour.base.errors import StoreError
from goldenhour.reports import tables

VERSION = 1
"""Version of the tables, in ``PRAGMA user_version``."""

_APPLICATION = 0x474F4C44  # "GOLD" in PRAGMA application_id: this file is a ledger of ours
_BUSY_MS = 10_000
_NEW = "Open the ledger with that version of goldenhour, or update this one."
_FOREIGN = "Name a ledger that goldenhour made, usually ledger.db in a workspace."

_GUARDS = """
CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'a ledger is append-only'); END;
CREATE TRIGGER {table}_never_go BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'a ledger is append-only'); END;
"""
_BOXES = """
CREATE VIRTUAL TABLE report_boxes USING rtree(n, min_lon, max_lon, min_lat, max_lat, +report_id);
CREATE TRIGGER reports_into_boxes AFTER INSERT ON reports WHEN new.min_lon IS NOT NULL
BEGIN INSERT INTO report_boxes (min_lon, max_lon, min_lat, max_lat, report_id)
VALUES (new.min_lon, new.max_lon, new.min_lat, new.max_lat, new.id); END;
"""

# The first words of SQLite's own messages, and what a person should know and do.
_ADVICE = (
    ("database or disk is full", "The disk is full; nothing of this batch was kept.",
     "Free some space and do it again.", "GH501"),
    ("disk i/o error", "The disk does not answer as it should; nothing of this batch was kept.",
     "Make room on the disk, or copy the workspace to another, and do it again.", "GH501"),
    ("attempt to write a readonly database", "The ledger cannot be written.",
     "Copy the workspace to a folder you may write to.", "GH502"),
    ("unable to open database file", "The ledger cannot be opened.",
     "Check that you may read and write the folder it lies in.", "GH502"),
    ("database is locked", "Another program is writing to the ledger.",
     "Wait for it to finish, then do it again.", "GH504"),
    ("a ledger is append-only", "A ledger is append-only.",
     "Add a report that supersedes the wrong one.", "GH505"),
)  # fmt: skip


def engine(path: Path) -> Engine:
    """
    Prepare the way to an existing ledger file.

    Parameters
    ----------
    path
        The file; it is never created here.

    Returns
    -------
    engine
        Each transaction begins explicitly; those that write take the lock at once.
    """
    made = create_engine(
        "sqlite+pysqlite://", creator=lambda: _connect(path), poolclass=QueuePool, pool_size=2
    )
    event.listen(made, "begin", _begin)
    return made


def create(path: Path) -> None:
    """
    Lay out an empty ledger, whole or not at all.

    Parameters
    ----------
    path
        A file that does not exist or is empty.

    Raises
    ------
    StoreError
        If there is a file already, or the folder cannot be written.
    """
    if path.exists() and path.stat().st_size:
        raise StoreError(
            "There is a file already.", where=str(path), do="Open it, or choose another name."
        )
    with translated(path):
        path.touch()
        with closing(_connect(path)) as raw:
            raw.execute("PRAGMA journal_mode = WAL")
        laid = engine(path)
        with laid.execution_options(writes=True).begin() as connection:
            tables.metadata.create_all(connection)
            _guard(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION}")
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        laid.dispose()


def require_ours(path: Path) -> None:
    """
    Refuse what is not a ledger, without touching it.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    StoreError
        If it is missing, foreign, damaged or of a newer version.
    """
    if not path.is_file():
        raise StoreError("There is no ledger here.", where=str(path), do=_FOREIGN)
    with translated(path), closing(_connect(path)) as raw:
        application = raw.execute("PRAGMA application_id").fetchone()[0]
        version = raw.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION or version < 1:
        raise StoreError("The file is not a ledger.", where=str(path), do=_FOREIGN, code="GH506")
    if version > VERSION:
        raise StoreError(
            f"The ledger is of version {version}; this goldenhour knows versions up to {VERSION}.",
            where=str(path),
            do=_NEW,
            code="GH507",
        )


def insert_new(table: Table) -> Insert:
    """
    Write the statement that adds rows and leaves known ones alone.

    Parameters
    ----------
    table
        Either table of the ledger.

    Returns
    -------
    statement
        To execute with a list of rows.
    """
    return insert(table).on_conflict_do_nothing()


def ids_within(connection: Connection, box: tuple[float, float, float, float]) -> list[str]:
    """
    Find the reports whose bounds touch a box.

    Parameters
    ----------
    connection
        An open transaction.
    box
        West, south, east, north in degrees, EPSG:4326.

    Returns
    -------
    ids
        Perhaps a few more than really touch it: the index rounds outwards.
    """
    west, south, east, north = box
    found = connection.execute(
        text(
            "SELECT report_id FROM report_boxes WHERE max_lon >= :west AND min_lon <= :east"
            " AND max_lat >= :south AND min_lat <= :north"
        ),
        {"west": west, "south": south, "east": east, "north": north},
    )
    return list(found.scalars())


def integrity(connection: Connection) -> str:
    """
    Ask SQLite to check the whole file.

    Parameters
    ----------
    connection
        An open transaction.

    Returns
    -------
    answer
        ``"ok"``, or the first thing wrong.
    """
    return str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """
    Turn the store's errors into ones that say what to do.

    Parameters
    ----------
    path
        The ledger that is being worked on.

    Yields
    ------
    nothing
        The work goes inside.

    Raises
    ------
    StoreError
        In place of any error of the disk or the database.
    """
    try:
        yield
    except DBAPIError as error:
        raise _explained(error.orig or error, path) from error
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, StoreError):
            raise
        raise _explained(error, path) from error


def _explained(error: BaseException, path: Path) -> StoreError:
    """Find the advice for one error."""
    said = str(error).lower()
    for words, what, do, code in _ADVICE:
        if words in said:
            return StoreError(what, where=str(path), do=do, code=code)
    if isinstance(error, OSError):
        return StoreError(
            f"The ledger cannot be reached: {error.strerror or error}.",
            where=str(path),
            do="Check the folder, its free space and your rights to it.",
            code="GH502",
        )
    return StoreError(
        f"The ledger is damaged or is not one: {error}.",
        where=str(path),
        do="Leave the file as it is, and merge its last good copy into a new ledger.",
        code="GH503",
    )


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file that must exist, with every commit safely on disk."""
    raw = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_MS / 1000,
        isolation_level=None,  # transactions begin in _begin, not behind our back
        check_same_thread=False,
    )
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        raw.execute(f"PRAGMA {pragma}")
    return raw


def _begin(connection: Connection) -> None:
    """Begin a transaction; a writer queues for the lock here, not half-way through."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _guard(connection: Connection) -> None:
    """Make both tables append-only, and keep the box index beside them."""
    raw: Any = (
        connection.connection.dbapi_connection
    )  # the driver's own cursor takes no scripts inside a transaction
    for script in (*(_GUARDS.format(table=table) for table in tables.metadata.tables), _BOXES):
        for statement in _statements(script):
            raw.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script where SQLite sees a complete statement."""
    found, part = [], ""
    for line in script.strip().splitlines():
        part += line + "\n"
        if sqlite3.complete_statement(part):
            found.append(part)
            part = ""
    return found
