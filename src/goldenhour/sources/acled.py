# SPDX-License-Identifier: Apache-2.0
"""
ACLED events. A place in it is a settlement's point or a wider area's, never a pin.

Protests and strategic developments are no danger to life as they stand: they are kept as claims,
which move no plan until a person confirms them. ACLED does not allow its rows to be passed on.
"""

import calendar
from datetime import date, datetime, timedelta
from pathlib import Path

from shapely import Point

from goldenhour.base import facts
from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import ClaimSaid, IncidentSaid
from goldenhour.sources import csv_rows
from goldenhour.sources.blurring import Points, blurred_m, notice_shared
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import count, day, decimal, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import LayerKind

NAME = "acled"
LABEL = "ACLED events (CSV); not to be passed on"

ATTRIBUTION = "ACLED, acleddata.com"
_NEEDED = ("event_date", "event_type", "latitude", "longitude", "sub_event_type")
_WORST_PRECISION = "3"
_MONTH = "3"
_PEACEFUL = frozenset({"protests", "strategic developments"})
_BUT_NOT = frozenset(
    {
        "disrupted weapons use",
        "excessive force against protesters",
        "looting/property destruction",
    }
)


def recognises(path: Path) -> bool:
    """
    Say if a CSV has the columns of ACLED.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return set(csv_rows.header(path)) >= set(_NEEDED)


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
        One incident or claim per event; incidents have a radius in metres.

    Raises
    ------
    MissingColumnError
        If a column that says what, when or where is missing.
    """
    noticed = Noticed(path.name)
    rows = csv_rows.read_rows(path, noticed)
    if rows and (missing := [name for name in _NEEDED if name not in rows[0].cells]):
        raise MissingColumnError(
            f"It has no column '{missing[0]}'.", where=path.name, do="Export all columns of ACLED."
        )
    if not rows:
        noticed.warn("no-rows", path.name, "It has a header and no rows.")
    shared = Points((row.get("longitude"), row.get("latitude")) for row in rows)
    reports = {}
    for row in rows:
        n_here = shared[row.get("longitude"), row.get("latitude")]
        try:
            report = _report(row, n_here=n_here, recorded_at=recorded_at, noticed=noticed)
        except BadReportError as error:
            noticed.refuse("impossible-report", row.line, error.what)
        except (ValueError, OverflowError) as error:
            noticed.refuse("unreadable-cell", row.line, f"An event cannot be read: {error}.")
        else:
            if report.id in reports:
                noticed.note("repeated-rows", row.line, "An event is listed twice.", "Kept once.")
            reports[report.id] = report
    notice_shared(shared, noticed)
    _notice_licence(path, noticed)
    return Reading(reports=tuple(reports.values()), findings=noticed.findings())


def _notice_licence(path: Path, noticed: Noticed) -> None:
    """Say whom to name, and what may not be done."""
    noticed.note("attribution", path.name, f"Show with anything made from it: {ATTRIBUTION}.")
    noticed.warn(
        "not-to-be-passed-on",
        path.name,
        "ACLED's terms do not allow its events to be passed on.",
        "Share what is worked out from them, not this file nor a ledger that holds it.",
    )


def _report(row: Row, *, n_here: int, recorded_at: datetime, noticed: Noticed) -> Report:
    """Make the report of one event."""
    lon, lat = decimal(row.get("longitude")), decimal(row.get("latitude"))
    if lon is None or lat is None:
        raise ValueError("it has no coordinates")
    when = day(row.get("event_date"))
    if when is None:
        raise ValueError("it has no date")
    seen_from, seen_to = _span(when, _whole(row.get("time_precision")))
    precision = _whole(row.get("geo_precision"))
    if _is_peaceful(row):
        what = "Protests and strategic developments, as they stand, endanger nobody on the way."
        noticed.note("kept-as-claim", row.line, what, "Kept as claims: they move no plan.")
        said: ClaimSaid | IncidentSaid = _claim(row)
    else:
        said = IncidentSaid(
            incident=row.get("sub_event_type", "event_type") or "unknown",  # ACLED's own word
            radius_m=_radius_m(precision, n_here),
            deaths=_deaths(row, noticed),
        )
    if precision not in facts.fact("sources.acled_radius_m_by_precision").value:
        noticed.warn(
            "no-precision", row.line, "An event has no known geo_precision.", "Taken as the worst."
        )
    return make(
        said,
        source=Source(name="ACLED", reliability=reliability_of("acled"), reference=_reference(row)),
        seen_from=seen_from,
        seen_to=seen_to,
        recorded_at=recorded_at,
        where=Point(lon, lat),
        credibility=credibility_of("acled"),
    )


def _is_peaceful(row: Row) -> bool:
    """Say if an event endangers nobody as it stands; an unknown type does."""
    kind, more = row.get("event_type").lower(), row.get("sub_event_type").lower()
    return kind in _PEACEFUL and more not in _BUT_NOT


def _deaths(row: Row, noticed: Noticed) -> int | None:
    """Read how many died; a cell that does not tell loses no event."""
    try:
        deaths = count(row.get("fatalities"))
    except ValueError:
        noticed.warn("not-a-number", row.line, "Deaths are no number.", "Kept as unknown.")
        return None
    return None if deaths is None else int(deaths)


def _claim(row: Row) -> ClaimSaid:
    """Keep what happened as a sentence."""
    what = row.get("sub_event_type", "event_type")
    notes = row.get("notes")
    return ClaimSaid(
        text=f"{what}: {notes}" if notes else what,
        about="territory" if "territory" in what.lower() else "security",
    )


def _span(when: date, precision: str) -> tuple[datetime, datetime]:
    """Say between which days it happened; ACLED puts the middle where it knows no day."""
    if precision == _MONTH:
        last = calendar.monthrange(when.year, when.month)[1]
        return whole_day(when.replace(day=1), when.replace(day=last))
    days = facts.fact("sources.acled_days_by_precision").value.get(precision, 0)
    return whole_day(when - timedelta(days=days), when + timedelta(days=days))


def _radius_m(precision: str, n_here: int) -> float:
    """Say within how many metres an event lies; the worst class if its class is unknown."""
    by_precision = facts.fact("sources.acled_radius_m_by_precision").value
    return blurred_m(float(by_precision.get(precision, by_precision[_WORST_PRECISION])), n_here)


def _reference(row: Row) -> str:
    """Name the event: two events of one day and place are two reports."""
    number = row.get("event_id_cnty", "data_id", "event_id_no_cnty")
    where = row.get("location")
    return f"event {number}" + (f", {where}" if where else "")


def _whole(text: str) -> str:
    """Write a class without the decimals that a spreadsheet gave it."""
    return text.removesuffix(".0")
