# SPDX-License-Identifier: Apache-2.0
"""The ledger: every report, append-only. Merging two ledgers is the union of their reports."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import shapely
from sqlalchemy import Connection, Engine, Select, func, select

from goldenhour.base.errors import BadReportError, StoreError
from goldenhour.reports import rows, sqlite, tables
from goldenhour.reports.make import verified
from goldenhour.reports.report import Report

_IDS_A_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """
    What adding reports did.

    Parameters
    ----------
    n_new
        Reports that the ledger did not know.
    n_known
        Reports that it knew already.
    """

    n_new: int
    n_known: int


class Ledger:
    """
    All reports of a town, in one file. Make one with ``create`` or ``open``.

    What ``add`` and ``merge`` return from is on disk: no crash of the program loses it.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine

    @classmethod
    def create(cls, path: Path) -> Self:
        """
        Make an empty ledger.

        Parameters
        ----------
        path
            A file that does not exist.

        Returns
        -------
        ledger
            Open.

        Raises
        ------
        StoreError
            If there is a file already, or the folder cannot be written.
        """
        sqlite.create(path)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """
        Open a ledger.

        Parameters
        ----------
        path
            Its file.

        Returns
        -------
        ledger
            Ready to read and to add to.

        Raises
        ------
        StoreError
            If the file is missing, foreign, damaged or of a newer version.
        """
        sqlite.require_ours(path)
        return cls(path, sqlite.engine(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The ledger's file."""
        return self._path

    def close(self) -> None:
        """Let the file go."""
        with sqlite.translated(self._path):
            self._engine.dispose()

    def add(self, reports: Iterable[Report]) -> Added:
        """
        Add reports, all or none; when this returns they are on disk.

        Parameters
        ----------
        reports
            Those already known are counted, and only the time they were heard again is kept.

        Returns
        -------
        added
            How many were new.

        Raises
        ------
        StoreError
            If they cannot be written; then none of them was.
        """
        batch = tuple(reports)
        heard = [
            {"report_id": report.id, "recorded_at_us": rows.microseconds(report.recorded_at)}
            for report in batch
        ]
        return self._insert(rows.to_rows(batch), heard)

    def merge(self, other: "Ledger") -> Added:
        """
        Take over all that another ledger knows.

        Parameters
        ----------
        other
            Any ledger; it is only read.

        Returns
        -------
        added
            How many reports were new.

        Raises
        ------
        BadReportError
            If a report over there does not match its own id; then nothing is taken over.
        StoreError
            If either cannot be read or written.
        """
        known = set(self._ids())
        with other._reading() as connection:  # noqa: SLF001 - the other ledger is of our own kind
            unknown = [row for row in connection.execute(_known(None)) if row.id not in known]
            heard = [dict(row) for row in connection.execute(select(tables.receipts)).mappings()]
        news = [verified(report) for report in rows.from_rows(unknown)]
        return self._insert(rows.to_rows(news), heard)

    def reports(self, as_of: datetime | None = None) -> tuple[Report, ...]:
        """
        List the reports that count.

        Parameters
        ----------
        as_of
            Leave out what was recorded or seen later, aware UTC; None leaves out nothing.

        Returns
        -------
        reports
            Oldest first, ties by id. Those that a report known by then supersedes are left out.
        """
        known = self.everything(as_of)
        superseded = {entry for report in known for entry in report.supersedes}
        return tuple(report for report in known if report.id not in superseded)

    def everything(self, as_of: datetime | None = None) -> tuple[Report, ...]:
        """
        List all reports, the superseded ones too.

        Parameters
        ----------
        as_of
            As for ``reports``.

        Returns
        -------
        reports
            Oldest first, ties by id.
        """
        query = _known(as_of)
        with self._reading() as connection:
            self._require_whole(sqlite.integrity(connection))
            return tuple(rows.from_rows(connection.execute(query)))

    def within(
        self, box: tuple[float, float, float, float], as_of: datetime | None = None
    ) -> tuple[Report, ...]:
        """
        List the reports whose place touches a box; those without a place are in no box.

        Parameters
        ----------
        box
            West, south, east, north in degrees, EPSG:4326.
        as_of
            As for ``reports``.

        Returns
        -------
        reports
            Oldest first, ties by id; superseded ones too.
        """
        with self._reading() as connection:
            ids = sqlite.ids_within(connection, box)
            found: list[Sequence[Any]] = []
            for start in range(0, len(ids), _IDS_A_QUERY):
                some = tables.reports.c.id.in_(ids[start : start + _IDS_A_QUERY])
                found.extend(connection.execute(_known(as_of).where(some)))
        area = shapely.box(*box)
        near = [report for report in rows.from_rows(found) if area.intersects(report.where)]
        return tuple(sorted(near, key=lambda report: (report.seen_from, report.id)))

    def count(self) -> int:
        """
        Count all reports.

        Returns
        -------
        n_reports
            The superseded ones too.
        """
        with self._reading() as connection:
            return int(connection.execute(select(func.count(tables.reports.c.id))).scalar_one())

    def digest(self) -> str:
        """
        Name the ledger's content.

        Returns
        -------
        digest
            SHA-256 over the sorted ids: equal exactly if two ledgers hold the same reports.
        """
        return hashlib.sha256("\n".join(sorted(self._ids())).encode()).hexdigest()

    def check(self) -> None:
        """
        Read the whole file and compare every report with its fingerprint.

        Raises
        ------
        StoreError
            If anything is damaged.
        """
        with self._reading() as connection:
            answer = sqlite.integrity(connection)
        try:
            for report in self.everything():
                verified(report)
        except BadReportError as error:
            answer = str(error)
        self._require_whole(answer)

    def _require_whole(self, answer: str) -> None:
        """Refuse a ledger whose pages do not fit together: a report may be missing from it."""
        if answer != "ok":
            raise StoreError(
                f"The ledger is damaged: {answer}.",
                where=str(self._path),
                do="Merge its last good copy into a new ledger.",
                code="GH503",
            )

    def _ids(self) -> list[str]:
        """List all ids."""
        with self._reading() as connection:
            return list(connection.execute(select(tables.reports.c.id)).scalars())

    def _insert(self, said: list[dict[str, Any]], heard: list[dict[str, Any]]) -> Added:
        """Add rows to both tables in one transaction."""
        count = select(func.count(tables.reports.c.id))
        with sqlite.translated(self._path):
            writing = self._engine.execution_options(writes=True)
            with writing.begin() as connection:
                before = connection.execute(count).scalar_one()
                for table, new in ((tables.reports, said), (tables.receipts, heard)):
                    if new:
                        connection.execute(sqlite.insert_new(table), new)
                n_new = connection.execute(count).scalar_one() - before
        return Added(n_new=n_new, n_known=len({row["report_id"] for row in heard}) - n_new)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Read one consistent state of the ledger."""
        with sqlite.translated(self._path), self._engine.begin() as connection:
            yield connection


def _known(as_of: datetime | None) -> Select[Any]:
    """Write the query for all reports with their earliest receipt, oldest first."""
    said, heard = tables.reports, tables.receipts
    first = func.min(heard.c.recorded_at_us)
    earliest = select(heard.c.report_id, first.label("at_us")).group_by(heard.c.report_id)
    if as_of is not None:
        earliest = earliest.having(first <= rows.microseconds(as_of))
    found = earliest.subquery()
    columns = [said.c[name] for name in rows.Row._fields[:-1]]
    query = select(*columns, found.c.at_us).join_from(said, found, said.c.id == found.c.report_id)
    if as_of is not None:
        query = query.where(said.c.seen_from_us <= rows.microseconds(as_of))
    return query.order_by(said.c.seen_from_us, said.c.id)
