# SPDX-License-Identifier: Apache-2.0
"""One report in a few words, native codes kept as they came."""

from functools import singledispatch

from goldenhour.reports.said import (
    AccessSaid,
    CareSaid,
    ClaimSaid,
    DamageSaid,
    HazardSaid,
    IncidentSaid,
    PeopleSaid,
    Said,
    StreetSaid,
    VisitSaid,
)


@singledispatch
def said_in_short(said: Said) -> str:
    """
    Say what a report said in its own words and codes.

    Parameters
    ----------
    said
        What was said.

    Returns
    -------
    words
        Such as ``"unosat 2"`` or ``"closed: bridge down"``.
    """
    return said.kind.value


@said_in_short.register
def _damage(said: DamageSaid) -> str:
    return f"{said.scale}: {said.code}" + (f" ({said.sensor})" if said.sensor else "")


@said_in_short.register
def _street(said: StreetSaid) -> str:
    return ": ".join(filter(None, (said.state.name.lower(), said.cause)))


@said_in_short.register
def _hazard(said: HazardSaid) -> str:
    return f"{said.hazard}, {said.status.value}"


@said_in_short.register
def _incident(said: IncidentSaid) -> str:
    return said.incident


@said_in_short.register
def _people(said: PeopleSaid) -> str:
    best = "" if said.best is None else f", {said.best:g}"
    return f"{said.counted}: {said.low:g}-{said.high:g}{best}"


@said_in_short.register
def _care(said: CareSaid) -> str:
    return f"{said.facility}: {said.functioning.name.lower()}"


@said_in_short.register
def _access(said: AccessSaid) -> str:
    return f"{said.access}: {said.state.name.lower()}"


@said_in_short.register
def _visit(said: VisitSaid) -> str:
    return ", ".join((said.grade.name, said.verdict.name.lower(), *said.reasons))


@said_in_short.register
def _claim(said: ClaimSaid) -> str:
    return said.text
