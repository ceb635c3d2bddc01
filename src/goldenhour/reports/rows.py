# SPDX-License-Identifier: Apache-2.0
"""Reports as rows of the ledger's tables and back, fast enough for a whole town at once."""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.errors import ShapelyError

from goldenhour.base.errors import BadReportError, InputError, StoreError
from goldenhour.base.grades import Credibility, Reliability, Sensitivity
from goldenhour.reports import wire
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import ReportKind, Said

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BOUNDS = ("min_lon", "min_lat", "max_lon", "max_lat")


class Row(NamedTuple):
    """One row of ``reports`` with its earliest receipt, in the order of the ledger's query."""

    id: str
    kind: str
    said: str
    place: bytes | None
    about: str
    seen_from_us: int
    seen_to_us: int
    valid_until_us: int | None
    source: str
    reliability: str
    reference: str
    exercise: bool
    credibility: int
    sensitivity: str
    supersedes: str
    seal: int
    recorded_at_us: int


_N_SEALED = Row._fields.index("seal")


def microseconds(moment: datetime) -> int:
    """
    Count the microseconds since 1970.

    Parameters
    ----------
    moment
        An aware time.

    Returns
    -------
    count
        Exact; negative before 1970.

    Raises
    ------
    InputError
        If the time has no time zone.
    """
    if moment.tzinfo is None:
        raise InputError(
            f"The time {moment.isoformat()} has no time zone.",
            where="ledger",
            do="Give it as UTC, such as 2017-11-04T06:00:00Z.",
        )
    return (moment - _EPOCH) // _MICROSECOND


def to_rows(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """
    Write reports as rows of the table ``reports``.

    Parameters
    ----------
    reports
        Any reports.

    Returns
    -------
    rows
        One for each report, by column.
    """
    places = np.array([report.where for report in reports], dtype=np.object_)
    wkb = shapely.to_wkb(places, byte_order=1)
    bounds = shapely.bounds(places)
    return [
        _row(report, place, box.tolist() if place is not None else [None] * 4)
        for report, place, box in zip(reports, wkb, bounds, strict=True)
    ]


def from_rows(rows: Iterable[Sequence[Any]]) -> list[Report]:
    """
    Read reports from rows.

    Parameters
    ----------
    rows
        In the order of ``Row``.

    Returns
    -------
    reports
        In the same order.

    Raises
    ------
    StoreError
        If a row is damaged.
    """
    typed = [Row(*row) for row in rows]
    for row in typed:
        if _seal(row[:_N_SEALED]) != row.seal:
            raise StoreError(
                f"Report {row.id} in the ledger is not what was written.",
                do="Merge this ledger's last good copy into a new one.",
                code="GH503",
            )
    said_of, source_of, time_of = cache(_said), cache(_source), cache(_moment)
    reliability = {entry.value: entry for entry in Reliability}
    sensitivity = {entry.value: entry for entry in Sensitivity}
    credibility = {entry.value: entry for entry in Credibility}
    try:
        places = shapely.from_wkb(np.array([row.place for row in typed], dtype=np.object_))
        return [
            Report(
                id=ReportId(row.id),
                said=said_of(row.kind, row.said),
                where=place,
                about=row.about,
                seen_from=time_of(row.seen_from_us),
                seen_to=time_of(row.seen_to_us),
                recorded_at=time_of(row.recorded_at_us),
                valid_until=None if row.valid_until_us is None else time_of(row.valid_until_us),
                source=source_of(
                    row.source, reliability[row.reliability], row.reference, row.exercise
                ),
                credibility=credibility[row.credibility],
                sensitivity=sensitivity[row.sensitivity],
                supersedes=tuple(ReportId(entry) for entry in row.supersedes.split()),
            )
            for row, place in zip(typed, places, strict=True)
        ]
    except (ShapelyError, BadReportError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise StoreError(
            f"A row of the ledger is damaged: {error}",
            do="Merge this ledger's last good copy into a new one.",
            code="GH503",
        ) from error


def _row(report: Report, place: bytes | None, bounds: list[float | None]) -> dict[str, Any]:
    """Write one report as a row."""
    row = {
        "id": report.id,
        "kind": report.kind.value,
        "said": json.dumps(wire.said_to_json(report.said), ensure_ascii=False, sort_keys=True),
        "place": place,
        **dict(zip(_BOUNDS, bounds, strict=True)),
        "about": report.about,
        "seen_from_us": microseconds(report.seen_from),
        "seen_to_us": microseconds(report.seen_to),
        "valid_until_us": None if report.valid_until is None else microseconds(report.valid_until),
        "source": report.source.name,
        "reliability": report.source.reliability.value,
        "reference": report.source.reference,
        "exercise": report.source.exercise,
        "credibility": int(report.credibility),
        "sensitivity": report.sensitivity.value,
        "supersedes": " ".join(report.supersedes),
    }
    return row | {"seal": _seal(row[name] for name in Row._fields[:_N_SEALED])}


def _seal(values: Iterable[object]) -> int:
    """Checksum what a row says; quick enough for every read, unlike the fingerprint."""
    return zlib.crc32(repr(tuple(values)).encode("utf-8", "surrogatepass"))


def _said(kind: str, text: str) -> Said:
    """Read what was said; most reports of a product say one of a few things."""
    return wire.said_from_json(ReportKind(kind), json.loads(text))


def _source(name: str, reliability: Reliability, reference: str, exercise: bool) -> Source:  # noqa: FBT001 - a column
    """Read who said so."""
    return Source(name=name, reliability=reliability, reference=reference, exercise=bool(exercise))


def _moment(count: int) -> datetime:
    """Read a time."""
    return _EPOCH + timedelta(microseconds=count)
