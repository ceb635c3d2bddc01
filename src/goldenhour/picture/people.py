# SPDX-License-Identifier: Apache-2.0
"""
Where people are: figures of residents and displaced, spread over the structures they count.

A figure for a part is taken out of the figure for the whole, and reports go before what the map
says of the time before the fighting. Structures that no figure of residents
covers get an assumption, never zero. Flows ("350,000 fled") are never spread.
"""

from math import inf

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.base.grades import Grade
from goldenhour.base.messages import say
from goldenhour.picture.belief import DamageBelief, PeopleBelief, ReportIndex, Stale
from goldenhour.picture.counts import Count, Group, candidates, counts, expiry
from goldenhour.picture.known import Known
from goldenhour.picture.notes import Notes, finding
from goldenhour.picture.where import Whereabouts
from goldenhour.town.town import Town

_DESTROYED = 0.5
_AREA_TYPES = (3, 6)  # shapely's numbers of Polygon and MultiPolygon
_Members = NDArray[np.int64]


class _Spread:
    """People of one group, with bounds, as figure after figure puts them into structures."""

    def __init__(self, town: Town, damage: DamageBelief, group: Group) -> None:
        self.stands = damage.p_grade[:, Grade.G3] <= _DESTROYED
        self.fits = self.stands & _is_home(town) if group is Group.RESIDENTS else self.stands
        self.weight = _floor_area_m2(town)
        self.people = np.zeros((3, town.structures.n))  # low, best, high
        self.covered = np.zeros(town.structures.n, dtype=np.bool_)
        self.unbounded = False

    def put(self, count: Count, members: _Members) -> None:
        """Put one figure into its structures, less what figures for parts put there already."""
        high = count.high if count.high < inf else count.best
        self.unbounded |= count.high == inf
        free = members[~self.covered[members]]
        if count.row < 0 and not len(free):
            return  # reports cover it all: what the map said before the fighting is over
        known = self.people[:, members[self.covered[members]]].sum(axis=1)
        left = np.maximum(np.array([count.low, count.best, max(high, count.best)]) - known, 0.0)
        into = self._fit(free if len(free) else members)
        self.people[:, into] += left[:, None] * (self.weight[into] / self.weight[into].sum())
        self.covered[members] = True

    def assume(self) -> int:
        """Put the assumed number into every fitting structure that no figure covers."""
        into = np.flatnonzero(~self.covered & self.fits)
        for i, bound in enumerate(("_low", "", "_high")):
            self.people[i, into] = facts.number(f"picture.people_per_structure{bound}")
        return len(into)

    def _fit(self, members: _Members) -> _Members:
        """Prefer standing homes, then anything that stands; people do not vanish with a roof."""
        for wanted in (self.fits, self.stands):
            if len(chosen := members[wanted[members]]):
                return chosen
        return members


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
    spreads = {group: _Spread(town, damage, group) for group in Group}
    order = sorted(
        range(len(listed)), key=lambda i: (listed[i].row < 0, len(members[i]), listed[i].row, i)
    )
    used = [i for i in order if len(members[i])]
    for i in used:
        spreads[listed[i].group].put(listed[i], members[i])
    n_assumed = spreads[Group.RESIDENTS].assume()
    lost += [listed[i].row for i in order if not len(members[i]) and listed[i].row >= 0]
    old = [row for row in candidates(known) if expiry(known.reports[row]) < known.as_of]
    return _belief(spreads, [listed[i] for i in used], n_assumed), Notes(
        stale=tuple(
            Stale(report=ReportIndex(row), since=expiry(known.reports[row])) for row in old
        ),
        findings=finding(
            "figure-without-structures",
            "A figure of people says nothing, or its place is not known or holds no structure.",
            done="It is listed among the figures, and is not spread.",
            ids=known.ids(sorted(lost)),
        ),
    )


def _belief(spreads: dict[Group, _Spread], used: list[Count], n_assumed: int) -> PeopleBelief:
    """Add the groups up."""
    low, best, high = np.sum([spread.people for spread in spreads.values()], axis=0)
    unbounded = any(spread.unbounded for spread in spreads.values())
    kind = ("mixed" if n_assumed else "figures") if used else "assumed"
    return PeopleBelief(
        people=best,
        total_low=float(low.sum()),
        total_best=float(best.sum()),
        total_high=inf if unbounded else float(high.sum()),
        basis="figures" if used else "assumed",
        rule=say(
            f"picture.people-rule-{kind}",
            "en",
            n_figures=len(used),
            n_assumed=f"{n_assumed:,}",
            each=f"{facts.number('picture.people_per_structure'):g}",
        ),
        reports=tuple(ReportIndex(row) for row in sorted(c.row for c in used if c.row >= 0)),
    )


def _members(town: Town, listed: list[Count]) -> list[_Members]:
    """Find the structures that each figure counts."""
    found: list[_Members] = [np.zeros(0, dtype=np.int64) for _ in listed]
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
    spots: NDArray[np.float64], listed: list[Count], places: list[int], found: list[_Members]
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


def _is_home(town: Town) -> NDArray[np.bool_]:
    """Find structures in which somebody may live; an unknown use may be a home."""
    avoided = frozenset(facts.fact("picture.not_homes").value)
    return np.array([str(use).casefold() not in avoided for use in town.structures.use], np.bool_)


def _floor_area_m2(town: Town) -> NDArray[np.float64]:
    """Measure floor area; where no outline is known, the town's middle one stands in."""
    area_m2 = town.structures.area_m2
    unknown = ~(area_m2 > 0)
    usual_m2 = facts.number("picture.structure_area_m2")
    if not unknown.all():
        usual_m2 = float(np.median(area_m2[~unknown]))
    storeys = np.nan_to_num(town.structures.storeys.astype(np.float64), nan=1.0)
    floors_m2: NDArray[np.float64] = np.where(unknown, usual_m2, area_m2) * np.maximum(storeys, 1.0)
    return floors_m2
