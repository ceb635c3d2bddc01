# SPDX-License-Identifier: Apache-2.0
"""
IOM DTM displacement tables of Iraq, with or without their header: families summed by place.

Persons are derived: families times DTM's own multiplier, one person more or less either side.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from shapely import Point

from goldenhour.base import facts
from goldenhour.base.errors import BadReportError, InputError, MissingColumnError
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import Measure, PeopleSaid
from goldenhour.sources import csv_rows
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import count, day, decimal, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import LayerKind

NAME = "dtm"
LABEL = "IOM DTM Iraq displacement table (CSV, with or without header)"

# The 41 columns of a table delivered without a header, as its label file names them.
_NO_HEADER = (
    *("seq", "master_id", "dtm_id", "families", "origin", "info_status", "governorate"),
    *("district", "sub_district", "area", "place", "place_ar", "place_id", "lon", "lat"),
    *("last_round", "round", "round_date"),
    *(f"shelter_{number}" for number in range(1, 14)),
    *(f"answer_{number}" for number in range(1, 10)),
    "displaced_on",
)
_FAMILIES = ("families", "master_families", "master.families", "total_families")
_LON, _LAT = ("lon", "longitude"), ("lat", "latitude")
_PLACE = ("place", "place_ar", "place_(arabic)", "location_name")
_PLACE_ID = ("place_id", "placeid", "place.id")
_ROUND_DATE = ("round_date", "current_round_date", "current.round.date")
_TOTAL = re.compile(r"\b(?:grand )?total\b|المجموع", re.IGNORECASE)
_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")


@dataclass(slots=True, kw_only=True)
class _Place:
    """Families at one place while they are summed."""

    name: str
    lon: float
    lat: float
    families: float = 0.0
    lines: list[int] = field(default_factory=list)


def recognises(path: Path) -> bool:
    """
    Say if a CSV has DTM's columns, or its 41 columns without names.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    names = csv_rows.header(path)
    has_families = bool(set(names) & set(_FAMILIES)) and bool(set(names) & set(_LON))
    return (has_families and bool(set(names) & set(_PLACE_ID))) or _has_no_header(names)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - figures are no layer
    """
    Read displaced people by place.

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
        One report per place.

    Raises
    ------
    MissingColumnError
        If there is no column of families.
    InputError
        If neither a row nor the file's name says when people were counted.
    """
    noticed = Noticed(path.name)
    names = _NO_HEADER if _has_no_header(csv_rows.header(path)) else None
    rows = csv_rows.read_rows(path, noticed, names=names)
    if rows and not set(_FAMILIES) & set(rows[0].cells):
        raise MissingColumnError(
            "It has no column 'Master Families'.", where=path.name, do="Export it from DTM again."
        )
    counted_on = _counted_on(rows, path, noticed)
    places = _summed(rows, noticed)
    reports = tuple(
        _reports(places, counted_on=counted_on, path=path, recorded_at=recorded_at, noticed=noticed)
    )
    return Reading(reports=reports, findings=noticed.findings())


def _has_no_header(names: Sequence[str]) -> bool:
    """Say if a first line is a row of data: 41 cells, a number first, coordinates in place."""
    if len(names) != len(_NO_HEADER):
        return False
    cells = dict(zip(_NO_HEADER, names, strict=True))
    try:
        return None not in (count(cells["seq"]), decimal(cells["lon"]), decimal(cells["lat"]))
    except ValueError:
        return False


def _counted_on(rows: Sequence[Row], path: Path, noticed: Noticed) -> date:
    """Find the day of the count: the round's, else the one in the file's name."""
    dates = set()
    for row in rows:
        try:
            dates.add(day(row.get(*_ROUND_DATE), day_first=True))
        except ValueError as error:
            noticed.warn("unreadable-date", row.line, f"{error}.")
    if known := sorted(date for date in dates if date is not None):
        return known[-1]
    if match := _DATE_IN_NAME.search(path.stem):
        try:
            counted_on = date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            pass
        else:
            noticed.note(
                "dated-by-file-name",
                path.name,
                "Its rows say when people were displaced, not when they were counted.",
                f"Counted on {counted_on}, from the file's name.",
            )
            return counted_on
    raise InputError(
        "It does not say when people were counted.",
        where=path.name,
        do="Put the day in its name, as DTM does: DTM_28092014.csv.",
    )


def _summed(rows: Sequence[Row], noticed: Noticed) -> list[_Place]:
    """Sum families by place: a place has a row for each origin and wave."""
    places: dict[tuple[str, float, float], _Place] = {}
    for row in rows:
        if _TOTAL.search(" ".join((row.get("seq"), row.get(*_PLACE), row.get("governorate")))):
            noticed.refuse("total-row", row.line, "A row is a total of the others.")
            continue
        try:
            lon, lat = decimal(row.get(*_LON)), decimal(row.get(*_LAT))
            families = count(row.get(*_FAMILIES))
        except ValueError as error:
            noticed.refuse("unreadable-row", row.line, f"{error}.")
            continue
        if lon is None or lat is None or families is None:
            noticed.refuse("unreadable-row", row.line, "A row lacks coordinates or families.")
            continue
        key = (row.get(*_PLACE_ID) or row.get(*_PLACE), lon, lat)
        place = places.setdefault(key, _Place(name=row.get(*_PLACE), lon=lon, lat=lat))
        place.families += families
        place.lines.append(row.line)
    return list(places.values())


def _reports(
    places: Sequence[_Place],
    *,
    counted_on: date,
    path: Path,
    recorded_at: datetime,
    noticed: Noticed,
) -> Iterator[Report]:
    """Make a report per place."""
    low, best, high = (
        facts.number(f"sources.dtm_family_size{end}") for end in ("_low", "", "_high")
    )
    source = Source(name="IOM DTM", reliability=reliability_of("dtm"), reference=path.name)
    seen_from, seen_to = whole_day(counted_on)
    for place in places:
        if len(place.lines) > 1:
            noticed.note("rows-summed", place.name, "A place has several rows.", "They were added.")
        try:
            yield make(
                PeopleSaid(
                    low=place.families * low,
                    best=place.families * best,
                    high=place.families * high,
                    counted="displaced",
                    measure=Measure.STOCK,
                ),
                source=source,
                seen_from=seen_from,
                seen_to=seen_to,
                recorded_at=recorded_at,
                where=Point(place.lon, place.lat),
                about=place.name,
                credibility=credibility_of("dtm"),
            )
        except BadReportError as error:
            noticed.refuse("impossible-report", place.lines[0], error.what)
