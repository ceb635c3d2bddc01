# SPDX-License-Identifier: Apache-2.0
"""
Explosive hazard areas as mine action registers hand them out: shapes, or a table of points.

An area is presumed unsafe until it is released: what is not understood stays suspected. A release
counts only if a date and a graded source stand behind it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import BadReportError
from goldenhour.base.grades import Credibility, Reliability
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import HazardSaid, HazardStatus
from goldenhour.sources import date_columns, hazard_rows, hazard_words
from goldenhour.sources.admiralty import credibility_in, reliability_in
from goldenhour.sources.handwriting import count, whole_day
from goldenhour.sources.hazard_rows import AREA, DATE, ID, RADIUS, SOURCE, STATUS, TYPE, Area
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind

NAME = "hazard_areas"
LABEL = "Explosive hazard areas by IMAS terms (GeoJSON, GeoPackage, shapefile, zip; CSV)"

_RELEASED = frozenset({HazardStatus.CANCELLED, HazardStatus.REDUCED, HazardStatus.CLEARED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """What all rows of a file share."""

    path: Path
    order: date_columns.Order
    recorded_at: datetime
    noticed: Noticed


def recognises(path: Path) -> bool:
    """
    Say if columns or names speak of mines or hazardous areas, and of a status or type.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return hazard_rows.is_register(path)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - hazards are no layer
    """
    Read hazard areas.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, GeoParquet, shapefile, a zip of them; or a CSV with WKT, or with
        longitude, latitude and a radius in metres.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: hazards are reports, not a layer of the town.

    Returns
    -------
    reading
        One hazard per row that has a place.

    Raises
    ------
    MissingColumnError
        If a CSV has no place.
    """
    noticed = Noticed(path.name)
    areas, opened = hazard_rows.areas_in(path, noticed)
    if not areas:
        noticed.warn("no-rows", path.name, "It has a header and no rows.")
    register = _Register(
        path=path,
        order=date_columns.order_of(area.get(*DATE) for area in areas),
        recorded_at=recorded_at,
        noticed=noticed,
    )
    reports = {}
    for area in areas:
        for report in _reports(area, register):
            if report.id in reports:
                noticed.note("repeated-rows", area.row, "An area is listed twice.", "Kept once.")
            reports[report.id] = report
    return Reading(reports=tuple(reports.values()), findings=opened + noticed.findings())


def _reports(area: Area, register: _Register) -> Iterator[Report]:
    """Make the report of one area; none, and noticed, if it has no place or is a bare release."""
    noticed = register.noticed
    if area.shape is None or area.shape.is_empty:
        noticed.refuse("no-place", area.row, "An area has no place.")
        return
    status = _status(area, noticed)
    when = _day(area, register, status)
    if when is None:
        return
    seen_from, seen_to = whole_day(when)
    try:
        yield make(
            HazardSaid(
                hazard=hazard_words.hazard_in(area.cells.get(name, "") for name in TYPE),
                status=status,
                radius_m=_radius_m(area, noticed),
            ),
            source=_source(area, register, status),
            seen_from=seen_from,
            seen_to=seen_to,
            recorded_at=register.recorded_at,
            where=_sound(area.shape, area.row, noticed),
            credibility=_credibility(area, noticed),
        )
    except BadReportError as error:
        noticed.refuse("impossible-report", area.row, error.what)


def _status(area: Area, noticed: Noticed) -> HazardStatus:
    """Read the standing: the status before the type; suspected where neither tells."""
    stated = [cell for name in STATUS if (cell := area.get(name))]
    types = [cell for name in TYPE if (cell := area.get(name))]
    found = [status for cell in stated if (status := hazard_words.status_in(cell))]
    strange = [cell for cell in stated if not hazard_words.is_in_work(cell)]
    if found:
        return found[0]
    by_type = [status for cell in types if (status := hazard_words.status_in(cell))]
    if len(strange) < len(stated):  # still on the list, so a type that says "cleared" is in doubt
        by_type = [status for status in by_type if status not in _RELEASED]
    status = by_type[0] if by_type else HazardStatus.SUSPECTED
    if strange or not by_type:
        said = f"'{strange[0]}' is" if strange else "Nothing said is"
        noticed.warn(
            "unknown-status",
            area.row,
            f"{said} a term of land release that we know.",
            f"The area stays {status.value}.",
        )
    return status


def _day(area: Area, register: _Register, status: HazardStatus) -> date | None:
    """Date an area; a danger without a date counts from today, a release without one not at all."""
    try:
        when = date_columns.day_of(area.get(*DATE), register.order)
    except ValueError as error:
        register.noticed.warn("unreadable-date", area.row, f"{error}.", "Taken as undated.")
        when = None
    if when is not None:
        return when
    if status in _RELEASED:
        register.noticed.refuse(
            "release-without-date",
            area.row,
            f"An area is said to be {status.value}, and nobody says since when.",
            "It was left out: what was reported there stays.",
        )
        return None
    register.noticed.warn(
        "no-date", area.row, "An area has no date.", "It counts as seen on the day of reading."
    )
    return register.recorded_at.date()


def _radius_m(area: Area, noticed: Noticed) -> float:
    """Read how far around its shape an area reaches; of a point with a size, that of its circle."""
    for names, is_area in ((RADIUS, False), (AREA, True)):
        try:
            number = count(area.get(*names))
        except ValueError:
            noticed.warn("not-a-number", area.row, "A radius or size is no number.", "Not used.")
            continue
        if number and not is_area:
            return number
        if number and area.shape is not None and area.shape.geom_type == "Point":
            what = "Areas are given as a point and a size in square metres."
            noticed.note("circle-of-its-size", area.row, what, "Taken as circles of that size.")
            return math.sqrt(number / math.pi)
    return 0.0


def _sound(shape: BaseGeometry, row: object, noticed: Noticed) -> BaseGeometry:
    """Give a flat, valid shape; an outline that crosses itself never shrinks to nothing."""
    flat = shapely.force_2d(shape)
    if flat.is_valid:
        return flat
    noticed.warn("invalid-shape", row, "The outline of an area crosses itself.", "Repaired.")
    sound = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    return flat.convex_hull if sound.is_empty else sound


def _source(area: Area, register: _Register, status: HazardStatus) -> Source:
    """Name who says so; nobody can judge a source that is not graded."""
    try:
        letter = reliability_in(area.get("reliability"))
    except ValueError as error:
        register.noticed.warn("unknown-grade", area.row, f"{error}.", "Taken as F.")
        letter = None
    if letter is None and status in _RELEASED:
        register.noticed.warn(
            "release-not-graded",
            area.row,
            "Areas are said to be released, and their source has no Admiralty letter.",
            "They lower nothing; a column 'reliability' with A, B or C changes that.",
        )
    number = area.get(*ID)
    return Source(
        name=area.get(*SOURCE) or "register of hazard areas",
        reliability=letter or Reliability.F,
        reference=f"area {number}" if number else register.path.name,
    )


def _credibility(area: Area, noticed: Noticed) -> Credibility:
    """Read the Admiralty number."""
    try:
        return credibility_in(area.get("credibility")) or Credibility.CANNOT_JUDGE
    except ValueError as error:
        noticed.warn("unknown-grade", area.row, f"{error}.", "Taken as 6.")
        return Credibility.CANNOT_JUDGE
