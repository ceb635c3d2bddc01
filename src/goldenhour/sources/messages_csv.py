# SPDX-License-Identifier: Apache-2.0
"""
Field messages in a simple table: street, hazard, access, care; English or Arabic words.

A word that is not in the list is refused with its row, never guessed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from shapely import Point

from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.base.grades import (
    Credibility,
    Mode,
    Reliability,
    Sensitivity,
    StreetState,
    Tier,
    Verdict,
)
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import (
    AccessSaid,
    CareSaid,
    HazardSaid,
    HazardStatus,
    ReportKind,
    Said,
    StreetSaid,
)
from goldenhour.sources import csv_rows
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import count, decimal, moment
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind

NAME = "messages_csv"
LABEL = "Field messages (CSV: kind, lon, lat, state or status, cause, seen, source, valid_until)"

Word = TypeVar("Word")

_KINDS = {
    "street": ReportKind.STREET,
    "hazard": ReportKind.HAZARD,
    "access": ReportKind.ACCESS,
    "care": ReportKind.CARE,
    "شارع": ReportKind.STREET,
    "طريق": ReportKind.STREET,
    "جسر": ReportKind.STREET,
    "خطر": ReportKind.HAZARD,
    "عبور": ReportKind.ACCESS,
    "نقطة تفتيش": ReportKind.ACCESS,
    "رعاية": ReportKind.CARE,
}
_STATES = {
    "open": StreetState.OPEN,
    "restricted": StreetState.RESTRICTED,
    "closed": StreetState.CLOSED,
    "unknown": StreetState.UNKNOWN,
    "مفتوح": StreetState.OPEN,
    "سالك": StreetState.OPEN,
    "مقيد": StreetState.RESTRICTED,
    "مغلق": StreetState.CLOSED,
    "مقطوع": StreetState.CLOSED,
    "غير معروف": StreetState.UNKNOWN,
}
_STATUSES = {status.value: status for status in HazardStatus} | {
    "مشتبه به": HazardStatus.SUSPECTED,
    "مؤكد": HazardStatus.CONFIRMED,
    "ملغى": HazardStatus.CANCELLED,
    "مخفض": HazardStatus.REDUCED,
    "مطهر": HazardStatus.CLEARED,
}
_FUNCTIONING = {
    "works": Verdict.FIT,
    "functioning": Verdict.FIT,
    "open": Verdict.FIT,
    "not functioning": Verdict.UNFIT,
    "closed": Verdict.UNFIT,
    "unknown": Verdict.UNKNOWN,
    "يعمل": Verdict.FIT,
    "لا يعمل": Verdict.UNFIT,
    "غير معروف": Verdict.UNKNOWN,
}
_TIERS: dict[str, Tier | None] = {tier.value: tier for tier in Tier} | {"": None}
_HAZARDS = {
    word: word
    for word in (
        "explosive",
        "armed_group",
        "shelling",
        "direct_fire",
        "contamination",
        "flood",
    )
} | {"متفجرات": "explosive", "لغم": "explosive", "قصف": "shelling", "قناص": "direct_fire"}
_ACCESS = {word: word for word in ("checkpoint", "permission", "curfew", "crossing")} | {
    "نقطة تفتيش": "checkpoint",
    "تصريح": "permission",
    "حظر تجول": "curfew",
    "معبر": "crossing",
}
_MODES = {mode.value: mode for mode in Mode}
_COLUMNS = ("kind", "seen")


def recognises(path: Path) -> bool:
    """
    Say if a CSV has a kind, a state or status, and when it was seen.

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
    return {"kind", "seen"} <= names and bool(names & {"state", "status"})


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - messages are no layer
    """
    Read field messages.

    Parameters
    ----------
    path
        The CSV.
    recorded_at
        The moment of reading, aware UTC.
    want
        Not used: messages are reports, not a layer of the town.

    Returns
    -------
    reading
        One report a sound row; every other row is named, with what is wrong in it.

    Raises
    ------
    MissingColumnError
        If there is no column ``kind`` or ``seen``.
    """
    noticed = Noticed(path.name)
    rows = csv_rows.read_rows(path, noticed)
    if rows and (missing := [name for name in _COLUMNS if name not in rows[0].cells]):
        raise MissingColumnError(
            f"It has no column '{missing[0]}'.", where=path.name, do="Add it to the header."
        )
    reports = {}
    for row in rows:
        try:
            report = _report(row, path=path, recorded_at=recorded_at, noticed=noticed)
        except (BadReportError, ValueError) as error:
            what = error.what if isinstance(error, BadReportError) else f"{error}."
            noticed.refuse("unreadable-row", row.line, what)
            continue
        if report.id in reports:
            noticed.note("repeated-rows", row.line, "A message is listed twice.", "Kept once.")
        reports[report.id] = report
    return Reading(reports=tuple(reports.values()), findings=noticed.findings())


def _report(row: Row, *, path: Path, recorded_at: datetime, noticed: Noticed) -> Report:
    """Make the report of one message."""
    kind = _one_of(row, "kind", _KINDS)
    said = _SAID[kind](row)
    seen_from, seen_to, has_zone = moment(row.get("seen"))
    until = moment(row.get("valid_until")) if row.get("valid_until") else None
    if not has_zone or (until and not until[2]):
        noticed.warn("no-time-zone", row.line, "A time has no zone.", "Taken as UTC.")
    return make(
        said,
        source=Source(
            name=row.get("source") or "not stated",
            reliability=Reliability(_one_of(row, "reliability", _LETTERS)),
            reference=row.get("reference") or path.name,
            exercise=_one_of(row, "exercise", _YES_NO),
        ),
        seen_from=seen_from,
        seen_to=seen_to,
        recorded_at=recorded_at,
        valid_until=until[1] if until else None,
        where=_place(row),
        about=row.get("about"),
        credibility=_one_of(row, "credibility", _NUMBERS),
        # where care is given is a target: see the OCHA guidelines on data responsibility
        sensitivity=Sensitivity.RESTRICTED if kind is ReportKind.CARE else Sensitivity.INTERNAL,
    )


_LETTERS = {letter.value.lower(): letter for letter in Reliability} | {"": Reliability.F}
_NUMBERS = {str(int(number)): number for number in Credibility} | {"": Credibility.CANNOT_JUDGE}
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


def _one_of(row: Row, column: str, words: Mapping[str, Word]) -> Word:
    """Read a word from a closed list."""
    word = row.get(column).lower()
    if word not in words:
        known = ", ".join(entry for entry in words if entry.isascii() and entry)
        raise ValueError(f"The {column} '{word}' is none of: {known}")
    return words[word]


def _place(row: Row) -> Point | None:
    """Read where it is; a message may name a structure or street instead."""
    lon, lat = decimal(row.get("lon", "longitude")), decimal(row.get("lat", "latitude"))
    if lon is not None and lat is not None:
        return Point(lon, lat)
    if not row.get("about"):
        raise ValueError(
            "It has neither lon and lat, nor the id of a structure or street ('about')"
        )
    return None


def _street(row: Row) -> Said:
    """Read a message on a street."""
    modes = tuple(
        _MODES[word] if word in _MODES else _unknown_mode(word)
        for word in row.get("modes").lower().split()
    )
    return StreetSaid(
        state=_one_of(row, _state_column(row), _STATES),
        modes=modes,
        cause=row.get("cause"),
        delay_s=count(row.get("delay_s")) or 0.0,
    )


def _unknown_mode(word: str) -> Mode:
    """Refuse a mode that is none."""
    raise ValueError(f"The mode '{word}' is none of: {', '.join(_MODES)}")


def _hazard(row: Row) -> Said:
    """Read a message on a hazard."""
    column = "hazard" if row.get("hazard") else "cause"
    return HazardSaid(
        hazard=_one_of(row, column, _HAZARDS),
        status=_one_of(row, _state_column(row), _STATUSES),
        radius_m=count(row.get("radius_m")) or 0.0,
    )


def _access(row: Row) -> Said:
    """Read a message on permission to pass."""
    column = "access" if row.get("access") else "cause"
    return AccessSaid(
        access=_one_of(row, column, _ACCESS),
        state=_one_of(row, _state_column(row), _STATES),
        delay_s=count(row.get("delay_s")) or 0.0,
    )


def _care(row: Row) -> Said:
    """Read a message on care that is there."""
    beds = count(row.get("beds"))
    return CareSaid(
        facility=row.get("facility", "name", "cause"),
        tier=_one_of(row, "tier", _TIERS),
        functioning=_one_of(row, _state_column(row), _FUNCTIONING),
        beds=None if beds is None else int(beds),
    )


def _state_column(row: Row) -> str:
    """Say in which column the state stands."""
    return "status" if row.get("status") else "state"


_SAID: dict[ReportKind, Callable[[Row], Said]] = {
    ReportKind.STREET: _street,
    ReportKind.HAZARD: _hazard,
    ReportKind.ACCESS: _access,
    ReportKind.CARE: _care,
}
