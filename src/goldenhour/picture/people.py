# SPDX-License-Identifier: Apache-2.0
"""
Where people are: figures of residents and displaced, spread over the structures they count.

Figures for parts of an area go before the figure for the whole (see ``spread``), and reports go
before what the map says of the time before the fighting. Structures that no figure of residents
covers are taken to be like the others, or get an assumption, never zero. Flows ("350,000 fled")
are never spread.
"""

from collections.abc import Collection
from math import inf

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.base.messages import say
from goldenhour.picture.belief import (
    Contradiction,
    DamageBelief,
    PeopleBelief,
    ReportIndex,
    Stale,
)
from goldenhour.picture.counts import Count, Group, candidates, counts, expiry
from goldenhour.picture.figures import told
from goldenhour.picture.known import Known
from goldenhour.picture.notes import Notes, contradiction, finding
from goldenhour.picture.spread import Members, Mismatch, Spread
from goldenhour.picture.where import Whereabouts
from goldenhour.town.town import Town

_AREA_TYPES = (3, 6)  # shapely's numbers of Polygon and MultiPolygon


def people_belief(
    town: Town, known: Known, damage: DamageBelief, whereabouts: Whereabouts
) -> tuple[PeopleBelief, Notes]:
    """
    Work out where people are.

    Parameters
    ----------
    town
        The town.
    known
        What is known.
    damage
        Damage of every structure: nobody is put where destruction is more likely than not.
    whereabouts
        Where reports are about.

    Returns
    -------
    people, notes
        ``total_best`` is the sum of ``people``.
    """
    listed, lost = counts(town, known, whereabouts)
    members = _members(town, listed)
    order = sorted(
        range(len(listed)), key=lambda i: (listed[i].row < 0, len(members[i]), listed[i].row, i)
    )
    used = [listed[i] for i in order if len(members[i])]
    spreads = {group: Spread(town, damage, group) for group in Group}
    for i in order:
        if len(members[i]):
            spreads[listed[i].group].put(listed[i], members[i])
    n_assumed = spreads[Group.RESIDENTS].assume()
    lost += [listed[i].row for i in order if not len(members[i]) and listed[i].row >= 0]
    return _belief(spreads, used, n_assumed), _notes(known, spreads, used, sorted(lost))


def _belief(spreads: dict[Group, Spread], used: list[Count], n_assumed: int) -> PeopleBelief:
    """Add the groups up."""
    low, best, high = np.sum([spread.people for spread in spreads.values()], axis=0)
    unbounded = any(spread.unbounded for spread in spreads.values())
    code, values = _rule(spreads.values(), n_assumed)
    return PeopleBelief(
        people=best,
        total_low=float(low.sum()),
        total_best=float(best.sum()),
        total_high=inf if unbounded else float(high.sum()),
        basis="figures" if used else "assumed",
        rule=say(code, "en", **values),
        reports=tuple(ReportIndex(row) for row in sorted(c.row for c in used if c.row >= 0)),
        rule_code=code,
        rule_values=tuple(values.items()),
    )


def _rule(spreads: Collection[Spread], n_assumed: int) -> tuple[str, dict[str, str]]:
    """Say how people were spread: a sentence and its values."""
    n_figures = sum(spread.n_figures for spread in spreads)
    values = {
        "n_figures": f"{n_figures}",
        "n_assumed": f"{n_assumed:,}",
        "each": f"{facts.number('picture.people_per_structure'):g}",
    }
    n_alike = sum(spread.n_alike for spread in spreads)
    if n_alike:
        alike = sum(spread.alike for spread in spreads) / n_alike
        values |= {"n_alike": f"{n_alike:,}", "alike": f"{alike:.1f}"}
    if not n_figures:
        return "picture.people-rule-assumed", values
    guessed = ("-alike" if n_alike else "") + ("-assumed" if n_assumed else "")
    return f"picture.people-rule-figures{guessed}", values


def _notes(known: Known, spreads: dict[Group, Spread], used: list[Count], lost: list[int]) -> Notes:
    """Note figures that do not add up, went stale, reach too far or could not be spread."""
    old = [row for row in candidates(known) if expiry(known.reports[row]) < known.as_of]
    beyond = [count.row for count in used if count.is_beyond and count.row >= 0]
    return Notes(
        contradictions=tuple(
            _contradiction(known, group, mismatch)
            for group, spread in spreads.items()
            for mismatch in spread.mismatches
        ),
        stale=tuple(
            Stale(report=ReportIndex(row), since=expiry(known.reports[row])) for row in old
        ),
        findings=finding(
            "figure-without-structures",
            "A figure of people says nothing, or its place is not known or holds no structure.",
            done="It is listed among the figures, and is not spread.",
            ids=known.ids(lost),
        )
        + finding(
            "figure-beyond-map",
            "A figure of people also counts ground that the map does not show.",
            done="It bounds the people here from above only: how many of them are elsewhere is "
            "not known.",
            ids=known.ids(sorted(beyond)),
        ),
    )


def _contradiction(known: Known, group: Group, mismatch: Mismatch) -> Contradiction:
    """Name the whole and the parts that do not add up, with their numbers."""
    whole, parts = mismatch.whole, [part for part in mismatch.parts if part.row >= 0]
    return contradiction(
        "parts-do-not-add-up",
        subject=group.value,
        rows=sorted((count.row for count in (whole, *parts)), reverse=True),
        whole=told(known, whole.row, low=whole.low, high=whole.high),
        parts="; ".join(told(known, part.row, low=part.low, high=part.high) for part in parts),
        added=f"{mismatch.added:,.0f}",
        kept=f"{mismatch.kept:,.0f}",
    )


def _members(town: Town, listed: list[Count]) -> list[Members]:
    """Find the structures that each figure counts."""
    found: list[Members] = [np.zeros(0, dtype=np.int64) for _ in listed]
    if not listed or not town.structures.n:
        return found
    spots = np.column_stack([town.structures.x_m, town.structures.y_m])
    is_area = [shapely.get_type_id(count.shape) in _AREA_TYPES for count in listed]
    areas = [i for i, area in enumerate(is_area) if area]
    if areas:
        tree = shapely.STRtree(np.asarray(shapely.points(spots), dtype=np.object_))
        which, inside = tree.query([listed[i].shape for i in areas], predicate="intersects")
        for k, i in enumerate(areas):
            found[i] = np.sort(inside[which == k])
    places = [i for i, area in enumerate(is_area) if not area and listed[i].place >= 0]
    _share_out(spots, listed, places, found)
    reach_m = facts.number("picture.people_reach_m")
    for i in range(len(listed)):
        if not is_area[i] and listed[i].place < 0:
            away_m = np.hypot(*(spots - _spot(listed[i])).T)
            found[i] = np.flatnonzero(away_m <= reach_m)
    return found


def _share_out(
    spots: NDArray[np.float64], listed: list[Count], places: list[int], found: list[Members]
) -> None:
    """Give each structure to the nearest place that is only a point, within reach."""
    if not places:
        return
    numbers = sorted({listed[i].place for i in places})
    centre = {listed[i].place: _spot(listed[i]) for i in places}
    away_m, nearest = cKDTree([centre[number] for number in numbers]).query(
        spots, distance_upper_bound=facts.number("picture.place_reach_m")
    )
    for i in places:
        mine = nearest == numbers.index(listed[i].place)
        found[i] = np.flatnonzero(mine & np.isfinite(away_m))


def _spot(count: Count) -> tuple[float, float]:
    """Give the middle of a shape that is no area."""
    middle = shapely.centroid(count.shape)
    return float(shapely.get_x(middle)), float(shapely.get_y(middle))
