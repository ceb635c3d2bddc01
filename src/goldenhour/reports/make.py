# SPDX-License-Identifier: Apache-2.0
"""Making a report: checks its times and gives it the fingerprint that is its id."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import IntEnum

from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import BadReportError
from goldenhour.base.grades import Credibility, Sensitivity
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import Said

_ID_LENGTH = 32


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
        If a time is naive, or the end lies before the start.
    """
    seen_to = seen_to or seen_from
    for moment in (seen_from, seen_to, recorded_at, valid_until):
        if moment is not None and moment.tzinfo is None:
            raise BadReportError(
                f"The time {moment.isoformat()} has no time zone.",
                where=said.kind.value,
                do="Give it as UTC, such as 2017-11-04T06:00:00Z.",
            )
    if seen_to < seen_from:
        raise BadReportError(
            "It was seen until before it was first seen.",
            where=f"{said.kind.value}, {seen_from.isoformat()}",
            do="Swap the two times.",
        )
    supersedes = tuple(sorted(supersedes))
    words = {
        "kind": said.kind.value,
        "said": asdict(said),
        "where": None if where is None else to_wkb(where, hex=True, byte_order=1),
        "about": about,
        "seen": [seen_from.timestamp(), seen_to.timestamp()],
        "valid_until": None if valid_until is None else valid_until.timestamp(),
        "source": asdict(source),
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
        The first 32 hexadecimal digits of the SHA-256 of their canonical JSON.
    """
    text = json.dumps(words, sort_keys=True, separators=(",", ":"), default=_plain)
    return ReportId(hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH])


def _plain(value: object) -> object:
    """Write numbers of numpy and enumerations as plain JSON."""
    if isinstance(value, IntEnum):
        return int(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be part of a report")
