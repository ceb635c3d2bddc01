# SPDX-License-Identifier: Apache-2.0
"""
UNITAR-UNOSAT damage points: every epoch of every site is a report, dated by its sensor.

UNOSAT lists damaged sites only: a structure without a point has no report here, and stays unknown.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import DamageSaid
from goldenhour.sources import opening
from goldenhour.sources.handwriting import clean, day, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import LayerKind

NAME = "unosat"
LABEL = "UNITAR-UNOSAT damage points (GeoJSON, GeoPackage, shapefile, geodatabase, zip)"

_CLASS = re.compile(r"(?:main_?da[a-z_]*?|dmgcls|dasitcl)_?(\d*)", re.IGNORECASE)
_DATE = re.compile(r"sens(?:or)?_?d[a-z]*?_?(\d*)", re.IGNORECASE)
_SENSOR = re.compile(r"sens(?:or)?_?id?_?(\d*)", re.IGNORECASE)
_NOT_A_STRUCTURE = re.compile(r"crater|road|bridge", re.IGNORECASE)
_CODES = frozenset({"1", "2", "3", "4", "5", "6", "11"})
# UNOSAT's own words for its own codes, as older packages write them.
_WORDS = {
    "destroyed": "1",
    "severe damage": "2",
    "severely damaged": "2",
    "moderate damage": "3",
    "moderately damaged": "3",
    "possible damage": "4",
    "possibly damaged": "4",
    "no visible damage": "6",
    "possible damage from adjacent impact": "11",
    "possible damage from adjacent impact/debris": "11",
}
_NULL = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Epoch:
    """Columns of one look at the town."""

    classes: str
    dates: str | None
    sensors: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One row at one epoch, with the days between which it was seen (None if nobody says)."""

    row: int
    code: str
    sensor: str
    first: date | None
    last: date | None
    where: BaseGeometry | None


def recognises(path: Path) -> bool:
    """
    Say if a table has UNOSAT's columns of damage class and sensor date.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return any(
        any(_CLASS.fullmatch(name) for name in names) and any(map(_DATE.fullmatch, names))
        for names in opening.columns(path).values()
    )


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - damage points are no layer
    """
    Read damage points.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, shapefile, geodatabase or a zip of them.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: damage points are reports, not a layer of the town.

    Returns
    -------
    reading
        One report per site and epoch, in UNOSAT's own codes.

    Raises
    ------
    MissingColumnError
        If no table has a damage class.
    """
    found = opening.columns(path)
    damage = {name for name, names in found.items() if any(map(_CLASS.fullmatch, names))}
    tables, complaints = opening.read_tables(path, wanted=lambda name: name in damage)
    if not tables:
        raise MissingColumnError(
            "It has no column with UNOSAT's damage class.",
            where=path.name,
            do="The column is called Main_Damage_Site_Class, or Main_Damag in shapefiles.",
        )
    noticed = Noticed(path.name)
    reports: dict[ReportId, Report] = {}
    source = Source(name="UNITAR-UNOSAT", reliability=reliability_of("unosat"), reference=path.name)
    for table in tables:
        for look in _looks(table.rows, noticed):
            report = _report(look, source=source, recorded_at=recorded_at, noticed=noticed)
            if report is not None and report.id in reports:
                noticed.note("repeated-rows", look.row, "A site is listed twice.", "Kept once.")
            elif report is not None:
                reports[report.id] = report
    return Reading(reports=tuple(reports.values()), findings=complaints + noticed.findings())


def _epochs(names: Sequence[str]) -> list[_Epoch]:
    """
    Pair the columns of each epoch.

    Shapefiles cut names to ten letters and number them anew, each stem for itself: ``Main_Dam_2``,
    ``SensorDa_2`` and ``SensorID_3`` are one epoch. Equal numbers pair first, else equal ranks.
    """
    classes = _numbered(names, _CLASS)
    partners = [_partners(classes, _numbered(names, kind)) for kind in (_DATE, _SENSOR)]
    return [
        _Epoch(classes=name, dates=partners[0].get(k), sensors=partners[1].get(k))
        for k, name in classes.items()
    ]


def _numbered(names: Sequence[str], kind: re.Pattern[str]) -> dict[int, str]:
    """Find the columns of one kind by their number, first epoch first."""
    found = {int(match[1] or 0): name for name in names if (match := kind.fullmatch(name))}
    return dict(sorted(found.items()))


def _partners(classes: dict[int, str], others: dict[int, str]) -> dict[int, str]:
    """Say which column goes with the class column of each number."""
    if len(others) == len(classes) and set(others) != set(classes):
        return dict(zip(classes, others.values(), strict=True))
    return others


def _looks(rows: pd.DataFrame, noticed: Noticed) -> Iterator[_Look]:
    """Take a table apart into looks; what cannot be used is noticed."""
    epochs = _epochs([str(name) for name in rows.columns])
    places: list[BaseGeometry | None] = _column(rows, "geometry" if "geometry" in rows else None)
    usable = _usable(rows, places, noticed)
    codes = [[_code(value) for value in _column(rows, epoch.classes)] for epoch in epochs]
    dates = [_days(rows, epoch.dates, noticed) for epoch in epochs]
    everything = sorted({when for days in dates for when in days if when is not None})
    for k, epoch in enumerate(epochs):
        sensors = _column(rows, epoch.sensors)
        known = sorted({when for when in dates[k] if when is not None}) or everything
        for row in usable:
            is_graded = any(coded[row] != _NULL for coded in codes)
            if codes[k][row] != _NULL or (not is_graded and k == len(epochs) - 1):
                when = dates[k][row]
                yield _Look(
                    row=row + 1,
                    code=codes[k][row],
                    sensor=clean(sensors[row]),
                    first=when or (known[0] if known else None),
                    last=when or (known[-1] if known else None),
                    where=places[row],
                )
                _notice(row + 1, codes[k][row], when, noticed)


def _notice(row: int, code: str, when: date | None, noticed: Noticed) -> None:
    """Notice a look without a date, or with a class that says nothing to us."""
    if when is None:
        noticed.warn(
            "no-sensor-date",
            row,
            "A site has no sensor date.",
            "It counts as seen within the days of the others, if any has one.",
        )
    if code == _NULL:
        noticed.warn("no-damage-class", row, "A site has no class.", "Kept as unknown.")
    elif code not in _CODES:
        noticed.warn(
            "unknown-damage-class",
            row,
            f"UNOSAT class '{code}' is not one that we know.",
            "Kept with its own text; it counts as unknown.",
        )


def _usable(
    rows: pd.DataFrame, places: Sequence[BaseGeometry | None], noticed: Noticed
) -> list[int]:
    """List the rows with a place that are about structures."""
    kinds = _column(rows, next((c for c in rows.columns if str(c).lower() == "siteid"), None))
    missing = shapely.is_missing(places) | shapely.is_empty(places)
    usable = []
    for row, kind in enumerate(kinds):
        if missing[row]:
            noticed.refuse("no-place", row + 1, "A damage point has no place.")
        elif _NOT_A_STRUCTURE.search(str(kind)):
            noticed.refuse("not-a-structure", row + 1, f"It is about '{kind}', no structure.")
        else:
            usable.append(row)
    return usable


def _column(rows: pd.DataFrame, name: str | None) -> list[Any]:
    """Take a column as plain values; blanks if there is none."""
    return [None] * len(rows) if name is None else rows[name].tolist()


def _days(rows: pd.DataFrame, name: str | None, noticed: Noticed) -> list[date | None]:
    """Read a column of sensor dates."""
    read_day: Callable[[object], date | None] = cache(day)
    days: list[date | None] = []
    for row, value in enumerate(_column(rows, name)):
        try:
            days.append(read_day(value))
        except ValueError:
            noticed.warn("unreadable-date", row + 1, f"'{value}' is not clearly a date.")
            days.append(None)
    return days


@cache
def _code(value: object) -> str:
    """Write a class as UNOSAT's own code, whether it came as number, text or word."""
    text = clean(value)
    if not text:
        return _NULL
    text = text.removesuffix(".0")
    return _WORDS.get(text.lower(), text)


def _report(
    look: _Look, *, source: Source, recorded_at: datetime, noticed: Noticed
) -> Report | None:
    """Make the report of one look; None, and noticed, if it cannot be dated or placed."""
    if look.first is None:
        noticed.refuse("no-date", look.row, "Neither the row nor the file has a sensor date.")
        return None
    seen_from, seen_to = whole_day(look.first, look.last)
    try:
        return make(
            DamageSaid(scale="unosat", code=look.code, sensor=look.sensor),
            source=source,
            seen_from=seen_from,
            seen_to=seen_to,
            recorded_at=recorded_at,
            where=look.where,
            credibility=credibility_of("unosat"),
        )
    except BadReportError as error:
        noticed.refuse("impossible-report", look.row, error.what)
        return None
