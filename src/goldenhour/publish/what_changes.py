# SPDX-License-Identifier: Apache-2.0
"""The words about what would change a plan, the same in the brief and on the map."""

from math import isfinite

import numpy as np

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.messages import say
from goldenhour.movement.grid_reference import to_grid_reference
from goldenhour.publish.map_columns import plain
from goldenhour.publish.words import by_its_letters, people_text, structure_name
from goldenhour.siting.explanation import Alternative, FactKind, Flip
from goldenhour.siting.plan import Plan
from goldenhour.siting.said import Said
from goldenhour.town.town import Town

_HALF, _PERCENT = 0.5, 100


def next_best_said(town: Town, plan: Plan, at: int) -> tuple[Said, ...]:
    """
    Say what could stand in for one site.

    Parameters
    ----------
    town
        Names of structures.
    plan
        The plan.
    at
        Position of the site.

    Returns
    -------
    said
        None if nobody asked.
    """
    if plan.explanation is None:
        return ()
    other = plan.explanation.next_best[at]
    if other.structure < 0:
        return (Said(code="siting.next-best-none"),)
    values: tuple[tuple[str, str], ...] = (
        ("name", structure_name(town, other.structure, "en")),
        ("people", people_text(other.people_fewer)),
    )
    if other.people_fewer < _HALF:
        return (Said(code="siting.next-best-equal", values=values),)
    return (Said(code="siting.next-best", values=values),)


def fact_said(town: Town, flip: Flip) -> Said:
    """
    Say one fact, with the grid reference of what it is about.

    Parameters
    ----------
    town
        Where streets and structures are.
    flip
        The fact.

    Returns
    -------
    said
        The same sentence; sites keep their labels.
    """
    x_m, y_m = _middle_m(town, flip)
    if np.isnan(x_m):
        return flip.said
    lon, lat = to_lon_lat(np.array([x_m]), np.array([y_m]), town.crs)
    grid = to_grid_reference(float(lon[0]), float(lat[0]))
    values = dict(flip.said.values)
    values["name"] = f"{grid} ({values['name']})"
    return Said(code=flip.said.code, values=tuple(sorted(values.items())))


def in_its_order(said: Said, language: str) -> str:
    """
    Put a coded message into words, names in it in their own order.

    Parameters
    ----------
    said
        Code and values.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentence
        In that language.
    """
    values = {key: by_its_letters(plain(value), language) for key, value in said.values}
    return say(said.code, language, **values)


def _middle_m(town: Town, flip: Flip) -> tuple[float, float]:
    """Find the middle of the first street, or the structure that is no site; NaN if neither."""
    if flip.streets:
        middle = town.streets.line[flip.streets[0]].interpolate(0.5, normalized=True)
        return float(middle.x), float(middle.y)
    if flip.kind is FactKind.STRUCTURE_FIT:
        row = flip.structure
        return float(town.structures.x_m[row]), float(town.structures.y_m[row])
    return float("nan"), float("nan")


def how_said(plan: Plan, language: str) -> str:
    """
    Say how facts were tried, or that they were not.

    Parameters
    ----------
    plan
        The plan.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentence
        How many were tried, and how many not.
    """
    why = plan.explanation
    if why is None:
        return say("map.not-asked", language)
    how = say(
        "map.changes-how",
        language,
        examined=f"{why.n_examined:,}",
        left=f"{why.n_left_out:,}",
    )
    return how if why.flips else f"{say('map.no-changes', language)} {how}"


def alternative_said(other: Alternative, number: int, language: str) -> str:
    """
    Say what another plan does.

    Parameters
    ----------
    other
        The other plan.
    number
        From 1.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentence
        People, fewer than by the plan, and sites elsewhere.
    """
    code = "map.alternative-gap" if isfinite(other.gap_share) else "map.alternative"
    return say(
        code,
        language,
        n=number,
        people=people_text(other.people),
        fewer=people_text(other.people_fewer),
        gap=f"{_PERCENT * other.gap_share:.1f}",
        elsewhere=other.n_elsewhere,
    )
