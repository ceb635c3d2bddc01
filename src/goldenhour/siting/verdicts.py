# SPDX-License-Identifier: Apache-2.0
"""One function a rule: town and picture in, a verdict for every structure out. Unknown stays so."""

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade, Mode, StreetState, Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.reports.said import HazardStatus, VisitSaid
from goldenhour.siting.requirements import Reach, uses
from goldenhour.times import modes
from goldenhour.town.town import Town

Verdicts = NDArray[np.int8]
_RELEASED = (HazardStatus.CANCELLED, HazardStatus.REDUCED, HazardStatus.CLEARED)


def by_visit(town: Town, picture: Picture, tier: Tier) -> Verdicts:
    """
    Take the newest visit's word, where it speaks of this tier.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    tier
        The tier asked about.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    verdict = np.full(town.structures.n, Verdict.UNKNOWN, dtype=np.int8)
    for row in np.flatnonzero(picture.damage.visited):
        if _speaks_of(picture, int(row), tier):
            verdict[row] = picture.damage.verdict[row]
    return verdict


def by_damage(picture: Picture) -> Verdicts:
    """
    Refuse what is probably severe or destroyed. Nothing seen from afar makes a structure fit.

    Parameters
    ----------
    picture
        What is believed.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    p_grade = picture.damage.p_grade
    p_bad = p_grade[:, Grade.G2] + p_grade[:, Grade.G3]
    bad = p_bad >= facts.number("siting.damage_unfit_share")
    return _unfit_where(bad)


def by_hazard(town: Town, picture: Picture, reach: Reach) -> Verdicts:
    """
    Refuse what a reported hazard touches. Nothing reported is no proof of anything.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    reach
        The hazard and how near it may be.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    least = facts.number("siting.hazard_level_share")
    shapes = [
        area.shape
        for area in picture.hazards
        if area.hazard == reach.hazard and area.status not in _RELEASED and area.level >= least
    ]
    return _unfit_where(_near(town, np.array(shapes, dtype=np.object_), reach.distance_m))


def by_water_bed(town: Town) -> Verdicts:
    """
    Refuse what stands in or beside a mapped river, wadi or canal.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    beds = np.array([kind != "wall" for kind in town.barriers.kind], dtype=np.bool_)
    return _unfit_where(_near(town, town.barriers.shape[beds], facts.number("siting.water_bed_m")))


def by_floor_area(town: Town, picture: Picture, needed_m2: float) -> Verdicts:
    """
    Compare floor area with the need; a visit's measure goes before the map's outline.

    Without known storeys a structure is refused only if it is too small even with as many storeys
    as ``siting.storeys_if_unknown``, and fits only if its ground floor is enough.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    needed_m2
        Floor area needed in square metres.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    least_m2, most_m2 = floor_area_m2(town, picture)
    verdict = np.full(town.structures.n, Verdict.UNKNOWN, dtype=np.int8)
    verdict[least_m2 >= needed_m2] = Verdict.FIT  # NaN compares as false: unknown stays unknown
    verdict[most_m2 < needed_m2] = Verdict.UNFIT
    return verdict


def floor_area_m2(town: Town, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Bound the floor area of every structure.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.

    Returns
    -------
    least_m2, most_m2
        Square metres, NaN where nothing is known. Shape ``(n_structures,)`` each.
    """
    storeys = town.structures.storeys.astype(np.float64)
    known = np.isfinite(storeys) & (storeys >= 1)
    least_m2 = town.structures.area_m2 * np.where(known, storeys, 1.0)
    most_m2 = town.structures.area_m2 * np.where(
        known, storeys, facts.number("siting.storeys_if_unknown")
    )
    seen_m2 = picture.damage.visit_area_m2
    seen = np.isfinite(seen_m2)
    return np.where(seen, seen_m2, least_m2), np.where(seen, seen_m2, most_m2)


def by_street_access(town: Town, picture: Picture) -> Verdicts:
    """
    Ask whether a street that vehicles use comes near, and whether anybody reported it open.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    drivable = modes.is_allowed(town.streets, mode=Mode.VEHICLE)
    state = picture.streets.state_vehicle
    reach_m = facts.number("siting.street_access_m")
    verdict = _unfit_where(~_near_points(town, drivable & (state != StreetState.CLOSED), reach_m))
    verdict[_near_points(town, drivable & (state == StreetState.OPEN), reach_m)] = Verdict.FIT
    return verdict


def by_use(town: Town) -> Verdicts:
    """
    Refuse uses on the avoid list, whether the map's use or its name tells them.

    A map's word is old: it can refuse, not recommend.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    used = _used_as(town, uses("military") | uses("avoided") | uses("hollow"))
    return _unfit_where(used | _named_as(town, frozenset(facts.fact("siting.avoided_names").value)))


def by_neighbours(town: Town) -> Verdicts:
    """
    Refuse what stands too near a mapped military or police post.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    posts = _used_as(town, uses("military"))
    points = np.asarray(
        shapely.points(town.structures.x_m[posts], town.structures.y_m[posts]), dtype=np.object_
    )
    return _unfit_where(_near(town, points, facts.number("siting.armed_group_radius_m")))


def _speaks_of(picture: Picture, row: int, tier: Tier) -> bool:
    """Whether the newest visit behind a structure is about this tier."""
    visits = [
        (picture.reports[i].seen_to, picture.reports[i].id, picture.reports[i].said)
        for i in picture.damage.evidence.of(row)
    ]
    said = [(seen, key, said) for seen, key, said in visits if isinstance(said, VisitSaid)]
    if not said:
        return True
    newest = max(said, key=lambda entry: entry[:2])[2]
    return not newest.tiers or tier in newest.tiers


def _unfit_where(broken: NDArray[np.bool_]) -> Verdicts:
    """Answer UNFIT where a rule is broken and UNKNOWN elsewhere."""
    return np.where(broken, Verdict.UNFIT, Verdict.UNKNOWN).astype(np.int8)


def _used_as(town: Town, words: frozenset[str]) -> NDArray[np.bool_]:
    """Find structures whose use is one of some words."""
    return np.array([str(use).lower() in words for use in town.structures.use], dtype=np.bool_)


def _named_as(town: Town, words: frozenset[str]) -> NDArray[np.bool_]:
    """Find structures whose name holds one of some words."""
    names = zip(town.structures.name, town.structures.name_ar, strict=True)
    return np.array(
        [not words.isdisjoint(f"{name} {name_ar}".lower().split()) for name, name_ar in names],
        dtype=np.bool_,
    )


def _near(town: Town, shapes: NDArray[np.object_], distance_m: float) -> NDArray[np.bool_]:
    """Find structures whose outline (or point) lies within a distance of any shape."""
    near = np.zeros(town.structures.n, dtype=np.bool_)
    if len(shapes) and town.structures.n:
        body = _bodies(town)
        if distance_m > 0:
            pairs = shapely.STRtree(body).query(shapes, predicate="dwithin", distance=distance_m)
        else:
            pairs = shapely.STRtree(body).query(shapes, predicate="intersects")
        near[pairs[1]] = True
    return near


def _bodies(town: Town) -> NDArray[np.object_]:
    """Outlines, or points where only these are known."""
    points = shapely.points(town.structures.x_m, town.structures.y_m)
    bare = np.array([outline is None for outline in town.structures.outline], dtype=np.bool_)
    return np.where(bare, np.asarray(points, dtype=np.object_), town.structures.outline)


def _near_points(town: Town, streets: NDArray[np.bool_], distance_m: float) -> NDArray[np.bool_]:
    """Find structures whose outline (or point) has one of some streets within a distance."""
    near = np.zeros(town.structures.n, dtype=np.bool_)
    lines = town.streets.line[streets]
    if len(lines) and town.structures.n:
        body = _bodies(town)
        found = shapely.STRtree(lines).query_nearest(
            body, max_distance=distance_m, all_matches=False
        )
        near[found[0]] = True
    return near
