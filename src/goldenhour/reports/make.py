# SPDX-License-Identifier: Apache-2.0
"""Making a report: checks its times and gives it the fingerprint that is its id."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from math import isnan

from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import BadReportError
from goldenhour.base.grades import Credibility, Sensitivity
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import Said

_ID_LENGTH = 32
_MAX_LON, _MAX_LAT = 180.0, 90.0
_NEVER_NEGATIVE = {"radius_m", "delay_s", "area_m2", "beds", "deaths"}


def make(  # noqa: PLR0913 - the fields of one record, all by name
    said: Said,
    *,
    source: Source,
    seen_from: datetime,
    recorded_at: datetime,
    where: BaseGeometry | None = None,
    about: str = "",
    seen_to: datetime | None = None,
    valid_until: datetime | None = None,
    credibility: Credibility = Credibility.CANNOT_JUDGE,
    sensitivity: Sensitivity = Sensitivity.INTERNAL,
    supersedes: tuple[ReportId, ...] = (),
) -> Report:
    """
    Make a report.

    Parameters
    ----------
    said
        What was said.
    source
        Who says so.
    seen_from
        Start of the time it was seen, aware.
    recorded_at
        When it reaches the ledger, aware.
    where
        shapely geometry, EPSG:4326; None if the place is not known.
    about
        Id of the structure or street it names.
    seen_to
        End of the time it was seen; ``seen_from`` if left out.
    valid_until
        When it goes stale, if its source says so.
    credibility
        Admiralty number.
    sensitivity
        Who may see it.
    supersedes
        Ids of reports that this one corrects.

    Returns
    -------
    report
        With its fingerprint as id: the same words give the same id, whenever they are recorded.

    Raises
    ------
    BadReportError
        If a time is naive, the end lies before the start, a number is not a number (unknown is
        None), bounds are the wrong way round, or the place is empty or not in degrees.
    """
    seen_from, recorded_at = _utc(seen_from, said), _utc(recorded_at, said)
    seen_to = seen_from if seen_to is None else _utc(seen_to, said)
    valid_until = None if valid_until is None else _utc(valid_until, said)
    _require_sense(said, seen_from=seen_from, seen_to=seen_to, where=where)
    supersedes = tuple(sorted(set(supersedes)))
    words = {
        "kind": said.kind.value,
        "said": _fields(said),
        "where": None if where is None else to_wkb(where, hex=True, byte_order=1),
        "about": about,
        "seen": [seen_from.timestamp(), seen_to.timestamp()],
        "valid_until": None if valid_until is None else valid_until.timestamp(),
        "source": _fields(source),
        "credibility": int(credibility),
        "sensitivity": sensitivity.value,
        "supersedes": supersedes,
    }
    return Report(
        id=fingerprint(words),
        said=said,
        where=where,
        about=about,
        seen_from=seen_from,
        seen_to=seen_to,
        recorded_at=recorded_at,
        valid_until=valid_until,
        source=source,
        credibility=credibility,
        sensitivity=sensitivity,
        supersedes=supersedes,
    )


def verified(report: Report) -> Report:
    """
    Refuse a report that does not say what its id was made from.

    Parameters
    ----------
    report
        From outside, or from a store that others can write to.

    Returns
    -------
    report
        The same, with its times in UTC.

    Raises
    ------
    BadReportError
        If the id does not match, or the report breaks a rule.
    """
    remade = make(
        report.said,
        source=report.source,
        seen_from=report.seen_from,
        seen_to=report.seen_to,
        recorded_at=report.recorded_at,
        valid_until=report.valid_until,
        where=report.where,
        about=report.about,
        credibility=report.credibility,
        sensitivity=report.sensitivity,
        supersedes=report.supersedes,
    )
    if remade.id != report.id:
        raise BadReportError(
            f"Its id does not match what it says (it should be {remade.id}).",
            where=f"report {report.id}",
            do="Ask its sender for the original: this one was changed on the way.",
        )
    return remade


def fingerprint(words: Mapping[str, object]) -> ReportId:
    """
    Hash what a report says.

    Parameters
    ----------
    words
        Plain values only.

    Returns
    -------
    id
        The first 32 hexadecimal digits of the SHA-256 of their canonical JSON, in which 5 and 5.0
        are the same number.

    Raises
    ------
    BadReportError
        If a text in it is not valid Unicode.
    """
    text = json.dumps(_canonical(words), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        return ReportId(hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH])
    except UnicodeEncodeError as error:
        raise BadReportError(
            "It holds text that is not valid Unicode.",
            where=str(words.get("kind", "report")),
            do="Read the file again with its right encoding.",
        ) from error


def _fields(record: Said | Source) -> dict[str, object]:
    """List the fields of a flat record; ``asdict`` would copy each one deeply."""
    return {name: getattr(record, name) for name in record.__slots__}


def _canonical(value: object) -> object:
    """Write equal values alike, whatever type carried them."""
    if isinstance(value, Mapping):
        return {key: _canonical(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [_canonical(entry) for entry in value]
    if isinstance(value, Enum):
        value = value.value
    elif hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _utc(moment: datetime, said: Said) -> datetime:
    """Turn a time to UTC; refuse one without a zone."""
    if moment.tzinfo is None:
        raise BadReportError(
            f"The time {moment.isoformat()} has no time zone.",
            where=said.kind.value,
            do="Give it as UTC, such as 2017-11-04T06:00:00Z.",
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise BadReportError(
            f"The time {moment.isoformat()} lies outside the calendar.",
            where=said.kind.value,
            do="Correct its year.",
        ) from error


def _require_sense(
    said: Said, *, seen_from: datetime, seen_to: datetime, where: BaseGeometry | None
) -> None:
    """Refuse what cannot be true of any report."""
    place = f"{said.kind.value}, {seen_from.isoformat()}"
    if seen_to < seen_from:
        raise BadReportError(
            "It was seen until before it was first seen.", where=place, do="Swap the two times."
        )
    _require_numbers(said, place)
    if where is not None:
        _require_degrees(where, place)


def _require_numbers(said: Said, place: str) -> None:
    """Refuse numbers that are not, reaches below zero and bounds the wrong way round."""
    for name in said.__slots__:
        value = getattr(said, name)
        if isinstance(value, float) and isnan(value):
            raise BadReportError(
                f"'{name}' is not a number.", where=place, do="Leave it out if it is unknown."
            )
        if name in _NEVER_NEGATIVE and value is not None and value < 0:
            raise BadReportError(
                f"'{name}' is below zero.", where=place, do="Correct it or leave it out."
            )
    low, high = getattr(said, "low", None), getattr(said, "high", None)
    if low is not None and high is not None and low > high:
        raise BadReportError(
            f"Its lower bound {low:g} is above its upper bound {high:g}.",
            where=place,
            do="Swap the two.",
        )


def _require_degrees(where: BaseGeometry, place: str) -> None:
    """Refuse a place that is empty or cannot be longitude and latitude."""
    west, south, east, north = where.bounds
    if not (-_MAX_LON <= west <= east <= _MAX_LON and -_MAX_LAT <= south <= north <= _MAX_LAT):
        raise BadReportError(
            "Its place is empty, or not in degrees of longitude and latitude.",
            where=place,
            do="Convert it to EPSG:4326, longitude first, or leave it out.",
        )
