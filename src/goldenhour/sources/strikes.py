# SPDX-License-Identifier: Apache-2.0
"""Strike sites of Human Rights Watch: craters seen in one image and not yet in the one before."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import IncidentSaid
from goldenhour.sources import opening
from goldenhour.sources.handwriting import clean, day, decimal, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import LayerKind

NAME = "strikes"
LABEL = "Strike sites with date, cause and radius (Human Rights Watch)"

_COLUMNS = frozenset({"sensordate", "cause"})
_RADIUS = re.compile(r".*radius.*", re.IGNORECASE)
_PERIOD = re.compile(r"(\d{1,2}[A-Za-z]{3}\d{2})\s*-\s*\d{1,2}[A-Za-z]{3}\d{2}")


def recognises(path: Path) -> bool:
    """
    Say if a table has the columns of strike sites.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return any(_is_ours(names) for names in opening.columns(path).values())


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - strikes are no layer
    """
    Read strike sites.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, shapefile or zip.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: strikes are reports, not a layer of the town.

    Returns
    -------
    reading
        One incident per site, seen between the last image without it and the first with it.

    Raises
    ------
    MissingColumnError
        If no table has a cause and a sensor date.
    """
    ours = {name for name, names in opening.columns(path).items() if _is_ours(names)}
    tables, complaints = opening.read_tables(path, wanted=lambda name: name in ours)
    if not tables:
        raise MissingColumnError(
            "It has no columns SensorDate, Cause and a radius.",
            where=path.name,
            do="Name the format with --as if it is something else.",
        )
    noticed = Noticed(path.name)
    source = Source(
        name="Human Rights Watch", reliability=reliability_of("hrw"), reference=path.name
    )
    reports: dict[ReportId, Report] = {}
    for table in tables:
        for row, feature in enumerate(table.rows.to_dict("records"), start=1):
            for report in _reports(
                row, feature, source=source, recorded_at=recorded_at, noticed=noticed
            ):
                if report.id in reports:
                    noticed.note("repeated-rows", row, "A strike is listed twice.", "Kept once.")
                reports[report.id] = report
    return Reading(reports=tuple(reports.values()), findings=complaints + noticed.findings())


def _is_ours(names: tuple[str, ...]) -> bool:
    """Say if columns are those of strike sites."""
    return {name.lower() for name in names} >= _COLUMNS and any(map(_RADIUS.fullmatch, names))


def _reports(
    row: int,
    feature: Mapping[Any, Any],
    *,
    source: Source,
    recorded_at: datetime,
    noticed: Noticed,
) -> Iterator[Report]:
    """Make the report of one site; none, and noticed, if it cannot be placed or dated."""
    cells = {str(name).lower(): value for name, value in feature.items()}
    place = cells.get("geometry")
    if place is None or place.is_empty:
        noticed.refuse("no-place", row, "A strike has no place.")
        return
    try:
        last = day(cells["sensordate"])
    except ValueError as error:
        noticed.refuse("unreadable-date", row, f"{error}.")
        return
    if last is None:
        noticed.refuse("no-date", row, "A strike has no sensor date.")
        return
    seen_from, seen_to = whole_day(_image_before(clean(cells.get("dateperiod")), last), last)
    radius = next((value for name, value in cells.items() if _RADIUS.fullmatch(name)), None)
    try:
        yield make(
            IncidentSaid(
                incident=clean(cells["cause"]) or "unknown",
                radius_m=_radius_m(row, radius, noticed),
            ),
            source=source,
            seen_from=seen_from,
            seen_to=seen_to,
            recorded_at=recorded_at,
            where=place,
            credibility=credibility_of("hrw"),
        )
    except BadReportError as error:
        noticed.refuse("impossible-report", row, error.what)


def _image_before(period: str, last: date) -> date:
    """Read the day of the image before from a period like ``06JUN14-25JAN15``."""
    match = _PERIOD.fullmatch(period)
    try:
        first = day(match[1]) if match else None
    except ValueError:
        first = None
    return first if first is not None and first <= last else last


def _radius_m(row: int, value: object, noticed: Noticed) -> float:
    """Read the radius in metres; 0, the word for "not stated", if it cannot be."""
    try:
        radius_m = decimal(value)
    except ValueError:
        radius_m = None
    if radius_m is None or radius_m < 0:
        noticed.warn("no-radius", row, "A strike has no usable radius.", "Kept without one.")
        return 0.0
    return radius_m
