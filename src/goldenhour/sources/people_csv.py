# SPDX-License-Identifier: Apache-2.0
"""
Figures of people typed by hand or exported: who was counted, where, how many, by whom.

"At least" and "up to" stay what they are: a lower bound alone has no upper one, and a best value
is never made up from two bounds.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from shapely import Point

from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.base.grades import Reliability
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import Measure, PeopleSaid
from goldenhour.sources import csv_rows
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import count, decimal, moment
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind

NAME = "people_csv"
LABEL = (
    "Figures of people (CSV: place or lon, lat; low, best, high; counted; measure; seen; source)"
)

_PLACE = ("place", "place_name", "name", "place_ar", "المكان", "الموقع")
_LON, _LAT = ("lon", "longitude", "long", "x"), ("lat", "latitude", "y")
_LOW, _BEST, _HIGH = (
    ("low", "min", "minimum", "الحد_الأدنى"),
    ("best", "people", "persons", "individuals", "العدد"),
    ("high", "max", "maximum", "الحد_الأعلى"),
)
_COUNTED, _MEASURE = ("counted", "who", "الفئة"), ("measure", "النوع")
_SEEN, _SOURCE = ("seen", "date", "as_of", "التاريخ"), ("source", "المصدر")
_MEASURES = {
    "stock": Measure.STOCK,
    "flow": Measure.FLOW,
    "موجودون": Measure.STOCK,
    "حركة": Measure.FLOW,
}


def recognises(path: Path) -> bool:
    """
    Say if a CSV has a place, a figure and who was counted.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    names = set(csv_rows.header(path))
    has_place = bool(names & set(_PLACE)) or bool(names & set(_LON) and names & set(_LAT))
    has_figure = bool(names & {*_LOW, *_BEST, *_HIGH})
    return has_place and has_figure and bool(names & set(_COUNTED))


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - figures are no layer
    """
    Read figures of people.

    Parameters
    ----------
    path
        The CSV.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: figures are reports, not a layer of the town.

    Returns
    -------
    reading
        One report a row, at its coordinates, or about the place that it names.

    Raises
    ------
    MissingColumnError
        If there is no column of a figure, of who was counted, or of the date.
    """
    noticed = Noticed(path.name)
    rows = csv_rows.read_rows(path, noticed)
    _require_columns(rows, path)
    reports = {}
    for row in rows:
        try:
            report = _report(row, path=path, recorded_at=recorded_at, noticed=noticed)
        except (BadReportError, ValueError) as error:
            what = error.what if isinstance(error, BadReportError) else f"{error}."
            noticed.refuse("unreadable-row", row.line, what)
            continue
        if report.id in reports:
            noticed.note("repeated-rows", row.line, "A figure is listed twice.", "Kept once.")
        reports[report.id] = report
    return Reading(reports=tuple(reports.values()), findings=noticed.findings())


def _require_columns(rows: Sequence[Row], path: Path) -> None:
    """Refuse a table without the columns that a figure needs."""
    for names in ((*_BEST, *_LOW, *_HIGH), _COUNTED, _SEEN):
        if rows and not set(names) & set(rows[0].cells):
            raise MissingColumnError(
                f"It has no column '{names[0]}'.",
                where=path.name,
                do=f"Add it; it may also be called {', '.join(names[1:4])}.",
            )


def _report(row: Row, *, path: Path, recorded_at: datetime, noticed: Noticed) -> Report:
    """Make the report of one row."""
    lon, lat = decimal(row.get(*_LON)), decimal(row.get(*_LAT))
    where = Point(lon, lat) if lon is not None and lat is not None else None
    place = row.get(*_PLACE)
    if where is None and not place:
        raise ValueError("It has neither coordinates nor a place")
    seen_from, seen_to, has_zone = moment(row.get(*_SEEN))
    if not has_zone:
        noticed.warn("no-time-zone", row.line, "A time has no zone.", "Taken as UTC.")
    low, best, high = _bounds(row)
    return make(
        PeopleSaid(
            low=low, best=best, high=high, counted=_counted(row), measure=_measure(row, noticed)
        ),
        source=Source(
            name=row.get(*_SOURCE) or "not stated",
            reliability=_reliability(row),
            reference=path.name,
        ),
        seen_from=seen_from,
        seen_to=seen_to,
        recorded_at=recorded_at,
        where=where,
        about=place,
    )


def _bounds(row: Row) -> tuple[float, float | None, float]:
    """Read a figure with its bounds."""
    low, best, high = (count(row.get(*names)) for names in (_LOW, _BEST, _HIGH))
    if low is None and best is None and high is None:
        raise ValueError("It has no figure")
    if best is not None:
        return (best if low is None else low), best, (best if high is None else high)
    return (0.0 if low is None else low), None, (math.inf if high is None else high)


def _counted(row: Row) -> str:
    """Read who was counted."""
    counted = row.get(*_COUNTED)
    if not counted:
        raise ValueError("It does not say who was counted")
    return counted


def _measure(row: Row, noticed: Noticed) -> Measure:
    """Read whether it counts what is there or what moved."""
    word = row.get(*_MEASURE).lower()
    if not word:
        noticed.warn(
            "no-measure",
            row.line,
            "A figure does not say if it counts who is there (stock) or who moved (flow).",
            "Taken as who is there.",
        )
        return Measure.STOCK
    if word not in _MEASURES:
        raise ValueError(f"The measure '{word}' is neither stock nor flow")
    return _MEASURES[word]


def _reliability(row: Row) -> Reliability:
    """Read the Admiralty letter, F where none is given."""
    letter = row.get("reliability").upper() or Reliability.F.value
    if letter not in set(Reliability):
        raise ValueError(f"The reliability '{letter}' is none of A to F")
    return Reliability(letter)
