# SPDX-License-Identifier: Apache-2.0
"""A report as plain JSON values and back: exact, checked, and refused if it was tampered with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from math import inf, isinf
from typing import Any

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, ValidationError
from shapely import from_wkb, to_wkb
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import BadReportError
from goldenhour.base.grades import Credibility, Sensitivity
from goldenhour.reports import said as kinds
from goldenhour.reports.make import verified
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import ReportKind, Said

_CLASSES: dict[ReportKind, type[Any]] = {
    entry.kind: entry
    for entry in (
        kinds.DamageSaid,
        kinds.StreetSaid,
        kinds.HazardSaid,
        kinds.IncidentSaid,
        kinds.PeopleSaid,
        kinds.CareSaid,
        kinds.AccessSaid,
        kinds.VisitSaid,
        kinds.ClaimSaid,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """A report as it travels, with the types that pydantic holds it to."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    kind: ReportKind
    said: dict[str, Any]  # held to the class of its kind in a second step
    where: str | None
    about: str
    seen_from: AwareDatetime
    seen_to: AwareDatetime
    recorded_at: AwareDatetime
    valid_until: AwareDatetime | None
    source: Source
    credibility: Credibility
    sensitivity: Sensitivity
    supersedes: tuple[str, ...]


def to_json(report: Report) -> dict[str, object]:
    """
    Write a report as plain JSON values.

    Parameters
    ----------
    report
        Any report.

    Returns
    -------
    plain
        Enumerations as their values, times in ISO 8601 UTC, the place (EPSG:4326) as hexadecimal
        WKB so that no digit is lost, infinity as ``"inf"``.
    """
    return {
        "id": report.id,
        "kind": report.kind.value,
        "said": said_to_json(report.said),
        "where": None if report.where is None else to_wkb(report.where, hex=True, byte_order=1),
        "about": report.about,
        "seen_from": _iso(report.seen_from),
        "seen_to": _iso(report.seen_to),
        "recorded_at": _iso(report.recorded_at),
        "valid_until": None if report.valid_until is None else _iso(report.valid_until),
        "source": {name: _plain(value) for name, value in asdict(report.source).items()},
        "credibility": int(report.credibility),
        "sensitivity": report.sensitivity.value,
        "supersedes": list(report.supersedes),
    }


def from_json(plain: Mapping[str, object]) -> Report:
    """
    Read a report from plain JSON values, and recompute its fingerprint.

    Parameters
    ----------
    plain
        As ``to_json`` writes it.

    Returns
    -------
    report
        Equal to the one that was written.

    Raises
    ------
    BadReportError
        If a field is missing, unknown or of the wrong type, or the id does not match the content.
    """
    envelope: _Envelope = _checked(_adapter_of(None), plain, where="report")
    report = Report(
        id=ReportId(envelope.id),
        said=said_from_json(envelope.kind, envelope.said),
        source=envelope.source,
        seen_from=envelope.seen_from,
        seen_to=envelope.seen_to,
        recorded_at=envelope.recorded_at,
        valid_until=envelope.valid_until,
        where=_place(envelope.where),
        about=envelope.about,
        credibility=envelope.credibility,
        sensitivity=envelope.sensitivity,
        supersedes=tuple(ReportId(entry) for entry in envelope.supersedes),
    )
    return verified(report)


def said_to_json(said: Said) -> dict[str, object]:
    """
    Write what was said as plain JSON values.

    Parameters
    ----------
    said
        Any kind.

    Returns
    -------
    plain
        Its fields.
    """
    return {entry.name: _plain(getattr(said, entry.name)) for entry in fields(said)}


def said_from_json(kind: ReportKind, plain: Mapping[str, object]) -> Said:
    """
    Read what was said.

    Parameters
    ----------
    kind
        Its kind.
    plain
        As ``said_to_json`` writes it.

    Returns
    -------
    said
        An object of the class of its kind.

    Raises
    ------
    BadReportError
        If a field is missing, unknown or of the wrong type.
    """
    shape = _CLASSES[kind]
    if unknown := sorted(set(plain) - {entry.name for entry in fields(shape)}):
        raise BadReportError(
            f"A {kind.value} report has no field '{unknown[0]}'.",
            where=f"said.{unknown[0]}",
            do="Remove it, or update goldenhour if a newer one wrote it.",
        )
    said: Said = _checked(_adapter_of(kind), plain, where=f"said ({kind.value})")
    return said


@cache
def _adapter_of(kind: ReportKind | None) -> TypeAdapter[Any]:
    """Build pydantic's checker of a kind, or of the envelope, once."""
    return TypeAdapter(_Envelope if kind is None else _CLASSES[kind])


def _checked(adapter: TypeAdapter[Any], plain: object, *, where: str) -> Any:  # noqa: ANN401 - pydantic's own type
    """Hold plain values to a class; name the first field that breaks it."""
    try:
        return adapter.validate_python(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "everything"
        raise BadReportError(
            f"The field '{field}' is wrong: {first['msg'].lower()}.",
            where=f"{where}.{field}",
            do="Correct that field.",
        ) from error


def _place(text: str | None) -> BaseGeometry | None:
    """Read hexadecimal WKB."""
    if text is None:
        return None
    try:
        return from_wkb(text)
    except (ShapelyError, ValueError, TypeError) as error:
        raise BadReportError(
            "Its place is not hexadecimal WKB.",
            where="report.where",
            do="Write the place with shapely.to_wkb(place, hex=True).",
        ) from error


def _iso(moment: datetime) -> str:
    """Write a time as ISO 8601 UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    """Write one value as JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and isinf(value):
        return "inf" if value == inf else "-inf"
    return value
