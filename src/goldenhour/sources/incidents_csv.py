# SPDX-License-Identifier: Apache-2.0
"""
Security incidents as INSO, aid worker databases and field offices export them, whatever the words.

Positions are those of places unless the table says better: each incident gets a radius. A row
without a position is kept without one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from shapely import Point

from goldenhour.base import facts
from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.base.grades import Credibility, Reliability
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import IncidentSaid
from goldenhour.sources import csv_rows, date_columns
from goldenhour.sources.admiralty import credibility_in, reliability_in
from goldenhour.sources.blurring import Points, blurred_m, notice_shared, rounding_m
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import count, decimal, is_blank, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import LayerKind

NAME = "incidents_csv"
LABEL = "Security incidents (CSV: date, lon, lat, type of incident; INSO and the like)"

_INSO = "INSO"
_INSO_ATTRIBUTION = "INSO, www.ngosafety.org"
_DATE = (
    "incident_date",
    "date_of_incident",
    "event_date",
    "date_of_event",
    "date",
    "seen",
    "تاريخ_الحادث",
    "التاريخ",
)
_YEAR, _MONTH, _DAY = ("year", "incident_year"), ("month",), ("day",)
_LON = ("lon", "longitude", "long", "lng", "x", "خط_الطول")
_LAT = ("lat", "latitude", "y", "خط_العرض")
_WHAT = (
    "incident_type",
    "type_of_incident",
    "incident_category",
    "incident",
    "event_type",
    "event_category",
    "attack_type",
    "means_of_attack",
    "weapon_carried/used",
    "category",
    "act",
    "type",
    "نوع_الحادث",
    "الحادث",
    "النوع",
)
_KILLED = ("killed", "total_killed", "deaths", "fatalities", "dead", "قتلى", "عدد_القتلى")
_RADIUS = ("radius_m", "accuracy_m", "uncertainty_m", "position_error_m")
_PRECISION = ("geo_precision", "location_precision", "precision", "accuracy", "الدقة")
_PLACE = (
    "location",
    "location_of_event",
    "place",
    "village",
    "city",
    "district",
    "الموقع",
    "المكان",
)
_ID = ("incident_id", "incident_number", "sind_event_id", "event_id", "ref", "id", "رقم_الحادث")
_DETAILS = ("details", "description", "event_description", "narrative", "notes", "الوصف")
_SOURCE = ("source", "reported_by", "organisation", "organization", "المصدر")
_MOST_LETTERS = 120
_TELLING = re.compile(r"incident|attack|event_(type|category|description|id)|^act$|حادث")
# The coarsest word of a cell counts; a number alone is some table's own class.
_FINENESS = {
    "province": re.compile(r"provinc|governorate|region|state|admin ?1|محافظة"),
    "district": re.compile(r"district|county|admin ?2|قضاء|ناحية"),
    "settlement": re.compile(
        r"town|city|village|settlement|neighbo|camp|approx|near|قرية|مدينة|حي"
    ),
    "exact": re.compile(r"exact|precise|gps|building|street|دقيق"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What all rows of a file share."""

    path: Path
    order: date_columns.Order
    shared: Points
    recorded_at: datetime
    noticed: Noticed

    @property
    def is_inso(self) -> bool:
        """True if the file is named as INSO's."""
        return re.search(r"(?<![a-z])(inso|chdc)(?![a-z])", self.path.stem.lower()) is not None


def recognises(path: Path) -> bool:
    """
    Say if a CSV has a date, a position and a column that speaks of incidents.

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
    return _missing(names) is None and any(map(_TELLING.search, names))


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - incidents are no layer
    """
    Read incidents.

    Parameters
    ----------
    path
        The CSV.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: incidents are reports, not a layer of the town.

    Returns
    -------
    reading
        One incident per row, each with a radius in metres if it has a position.

    Raises
    ------
    MissingColumnError
        If nothing says when, where or what.
    """
    noticed = Noticed(path.name)
    rows = csv_rows.read_rows(path, noticed)
    if rows and (missing := _missing(set(rows[0].cells))):
        raise MissingColumnError(
            f"No column says {missing}.",
            where=path.name,
            do="Name columns such as incident_date, longitude, latitude, incident_type.",
        )
    if not rows:
        noticed.warn("no-rows", path.name, "It has a header and no rows.")
    table = _Table(
        path=path,
        order=date_columns.order_of(row.get(*_DATE) for row in rows),
        shared=Points(place for row in rows if all(place := (row.get(*_LON), row.get(*_LAT)))),
        recorded_at=recorded_at,
        noticed=noticed,
    )
    reports = {}
    for row in rows:
        try:
            report = _report(row, table)
        except BadReportError as error:
            noticed.refuse("impossible-report", row.line, error.what)
        except (ValueError, OverflowError) as error:
            noticed.refuse("unreadable-cell", row.line, f"An incident cannot be read: {error}.")
        else:
            if report.id in reports:
                noticed.note("repeated-rows", row.line, "An incident is listed twice.", "Once.")
            reports[report.id] = report
    _notice_order(rows, table)
    notice_shared(table.shared, noticed)
    if table.is_inso:
        what = f"Show with anything made from it: Source: {_INSO_ATTRIBUTION}."
        noticed.note("attribution", path.name, what)
    return Reading(reports=tuple(reports.values()), findings=noticed.findings())


def _missing(names: set[str]) -> str | None:
    """Say what no column tells; None if when, where and what are there."""
    if not names & {*_DATE, *_YEAR}:
        return "when"
    if not (names & set(_LON) and names & set(_LAT)):
        return "where (longitude and latitude)"
    return None if names & set(_WHAT) else "what happened"


def _notice_order(rows: list[Row], table: _Table) -> None:
    """Say that the order of day and month was concluded."""
    if table.order is not date_columns.Order.UNCLEAR:
        table.noticed.note(
            "date-order-concluded",
            rows[0].line,
            f"Dates such as 04/11/2017 are read {table.order.value}, as other rows show.",
        )


def _report(row: Row, table: _Table) -> Report:
    """Make the report of one incident."""
    first, last = _days(row, table)
    seen_from, seen_to = whole_day(first, last)
    where = _where(row, table)
    what = row.get(*_WHAT)
    if is_blank(what):
        table.noticed.note("no-type", row.line, "An incident has no type.", "Kept as 'unknown'.")
    return make(
        IncidentSaid(
            incident="unknown" if is_blank(what) else what,
            radius_m=_radius_m(row, table) if where else 0.0,
            deaths=_deaths(row, table),
        ),
        source=_source(row, table),
        seen_from=seen_from,
        seen_to=seen_to,
        recorded_at=table.recorded_at,
        where=where,
        credibility=credibility_in(row.get("credibility"))
        or (credibility_of("inso") if table.is_inso else Credibility.CANNOT_JUDGE),
    )


def _deaths(row: Row, table: _Table) -> int | None:
    """Read how many died; a cell that does not tell loses no incident."""
    try:
        deaths = count(row.get(*_KILLED))
    except ValueError:
        table.noticed.warn("not-a-number", row.line, "Deaths are no number.", "Kept as unknown.")
        return None
    return None if deaths is None else int(deaths)


def _days(row: Row, table: _Table) -> tuple[date, date]:
    """Read between which days it happened."""
    known = date_columns.day_of(row.get(*_DATE), table.order)
    if known:
        return known, known
    span = date_columns.parts(row.get(*_YEAR), row.get(*_MONTH), row.get(*_DAY))
    if span is None:
        raise ValueError("it has no date")
    return span


def _where(row: Row, table: _Table) -> Point | None:
    """Read where it was; None, and noticed, if there is no position."""
    lon, lat = decimal(row.get(*_LON)), decimal(row.get(*_LAT))
    if lon is None or lat is None or (lon == 0 and lat == 0):
        table.noticed.warn(
            "no-place",
            row.line,
            "An incident has no position (or 0, 0).",
            "Kept without one: it makes no area on the map.",
        )
        return None
    return Point(lon, lat)


def _radius_m(row: Row, table: _Table) -> float:
    """Say within how many metres it was: as stated, by the word for its precision, or assumed."""
    lon, lat = row.get(*_LON), row.get(*_LAT)
    stated_m = decimal(row.get(*_RADIUS))
    if stated_m is None:
        stated_m = _radius_by_word_m(row, table)
    return blurred_m(max(stated_m, rounding_m(lon, lat)), table.shared[lon, lat])


def _radius_by_word_m(row: Row, table: _Table) -> float:
    """Look up the radius for the table's word for precision."""
    word = row.get(*_PRECISION).lower()
    radii: Mapping[str, float] = facts.fact("sources.incident_radius_m_by_precision").value
    for fineness, pattern in _FINENESS.items():
        if pattern.search(word):
            return float(radii[fineness])
    if word:
        table.noticed.warn(
            "unknown-precision",
            row.line,
            f"'{word}' is no word for precision that we know.",
            "Taken as a district.",
        )
        return float(radii["district"])
    return facts.number("sources.incident_radius_m_not_stated")


def _source(row: Row, table: _Table) -> Source:
    """Name who says so, and the incident: two of one day and place are two reports."""
    stated = row.get(*_SOURCE)
    letter = reliability_in(row.get("reliability"))
    if letter is None:
        letter = reliability_of("inso") if table.is_inso else Reliability.F
    number, details = row.get(*_ID), row.get(*_DETAILS)[:_MOST_LETTERS]
    about = (number and f"incident {number}", row.get(*_PLACE), "" if number else details)
    return Source(
        name=_INSO if table.is_inso else stated or "security incidents",
        reliability=letter,
        reference=", ".join(filter(None, about)) or table.path.name,
    )
