# SPDX-License-Identifier: Apache-2.0
"""
UCDP GED events. A place in it is a settlement's point, never a pin: each event gets a radius.

Where several events share one point, that point is a gazetteer's, whatever precision they claim,
and the radius grows (1,072 events of Aleppo sit on 22 points, though 919 claim to be exact).
"""

from datetime import datetime
from pathlib import Path

from shapely import Point

from goldenhour.base import facts
from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.base.grades import Credibility
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import IncidentSaid
from goldenhour.sources import csv_rows
from goldenhour.sources.blurring import Points, blurred_m, notice_shared
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import day, decimal, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.trust import reliability_of
from goldenhour.town.layers import LayerKind

NAME = "ucdp"
LABEL = "UCDP Georeferenced Event Dataset (CSV); CC BY 4.0"

ATTRIBUTION = "UCDP GED, CC BY 4.0"
_COLUMNS = frozenset({"where_prec", "date_prec", "type_of_violence", "latitude", "longitude"})
_NEEDED = (*sorted(_COLUMNS), "date_start")
_VIOLENCE = {
    "1": "state-based violence",
    "2": "non-state violence",
    "3": "one-sided violence",
}
_WORST_PRECISION = "7"


def recognises(path: Path) -> bool:
    """
    Say if a CSV has the columns of UCDP GED.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return set(csv_rows.header(path)) >= _COLUMNS


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - events are no layer
    """
    Read events.

    Parameters
    ----------
    path
        The CSV.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: events are reports, not a layer of the town.

    Returns
    -------
    reading
        One incident per event, each with a radius in metres.

    Raises
    ------
    MissingColumnError
        If a column of UCDP GED is missing.
    """
    noticed = Noticed(path.name)
    rows = csv_rows.read_rows(path, noticed)
    if rows and (missing := [name for name in _NEEDED if name not in rows[0].cells]):
        raise MissingColumnError(
            f"It has no column '{missing[0]}'.", where=path.name, do="Export all columns of GED."
        )
    shared = Points((row.get("longitude"), row.get("latitude")) for row in rows)
    reports = {}
    for row in rows:
        n_here = shared[row.get("longitude"), row.get("latitude")]
        try:
            report = _report(row, n_here=n_here, recorded_at=recorded_at)
        except BadReportError as error:
            noticed.refuse("impossible-report", row.line, error.what)
        except ValueError as error:
            noticed.refuse("unreadable-cell", row.line, f"An event cannot be read: {error}.")
        else:
            reports[report.id] = report
    notice_shared(shared, noticed)
    noticed.note("attribution", path.name, f"Show with anything made from it: {ATTRIBUTION}.")
    return Reading(reports=tuple(reports.values()), findings=noticed.findings())


def _report(row: Row, *, n_here: int, recorded_at: datetime) -> Report:
    """Make the report of one event."""
    lon, lat = decimal(row.get("longitude")), decimal(row.get("latitude"))
    if lon is None or lat is None:
        raise ValueError("it has no coordinates")
    start = day(row.get("date_start").split(" ")[0])
    end = day(row.get("date_end").split(" ")[0])
    if start is None:
        raise ValueError("it has no start date")
    seen_from, seen_to = whole_day(start, end)
    deaths = decimal(row.get("best"))
    return make(
        IncidentSaid(
            incident=_VIOLENCE.get(_whole(row.get("type_of_violence")), "violence"),
            radius_m=_radius_m(_whole(row.get("where_prec")), n_here),
            deaths=None if deaths is None else int(deaths),
        ),
        source=Source(
            name="UCDP GED", reliability=reliability_of("ucdp"), reference=_reference(row)
        ),
        seen_from=seen_from,
        seen_to=seen_to,
        recorded_at=recorded_at,
        where=Point(lon, lat),
        credibility=_credibility(row),
    )


def _radius_m(precision: str, n_here: int) -> float:
    """Say within how many metres an event lies; the worst class if its class is unknown."""
    by_precision = facts.fact("sources.ucdp_radius_m_by_precision").value
    return blurred_m(float(by_precision.get(precision, by_precision[_WORST_PRECISION])), n_here)


def _credibility(row: Row) -> Credibility:
    """Say how sure an event is, from its clarity."""
    by_clarity = facts.fact("sources.ucdp_credibility_by_clarity").value
    number = by_clarity.get(_whole(row.get("event_clarity")), Credibility.CANNOT_JUDGE)
    return Credibility(int(number))


def _reference(row: Row) -> str:
    """Name the event: two events of one day and place are two reports."""
    sides = row.get("dyad_name")
    return f"event {_whole(row.get('id'))}" + (f" ({sides})" if sides else "")


def _whole(text: str) -> str:
    """Write a class without the decimals that a spreadsheet gave it."""
    return text.removesuffix(".0")
