# SPDX-License-Identifier: Apache-2.0
"""One function a rule: what is known in, a verdict for every structure out. Unknown stays so."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.picture.belief import HazardArea, Picture
from goldenhour.reports.said import HazardStatus
from goldenhour.siting.screening import bridges
from goldenhour.siting.screening.bridges import Hanging
from goldenhour.siting.screening.neighbours import Neighbours, neighbours
from goldenhour.siting.screening.requirements import NEIGHBOURS, SITED_TIERS, Profiles, Reach, uses
from goldenhour.siting.screening.surroundings import (
    Beside,
    Flags,
    Surroundings,
    drivable,
    not_closed,
)
from goldenhour.siting.screening.testimony import Testimony, is_about, testimony
from goldenhour.town.town import Objects, Town

Verdicts = NDArray[np.int8]
RELEASED = (HazardStatus.CANCELLED, HazardStatus.REDUCED, HazardStatus.CLEARED)
"""Standings of a hazard that refuse nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """
    How vehicles come near each structure.

    Parameters
    ----------
    any_day
        By a street that vehicles may use, whatever is closed today.
    today
        By one that nobody reported closed.
    known_open
        By one that was reported open.
    hanging
        Which streets hang on one bridge; None if the map knows no bridge.
    """

    any_day: Beside
    today: Beside
    known_open: Beside
    hanging: Hanging | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    All that the rules look at.

    Parameters
    ----------
    around
        The town's structures.
    picture
        What is believed.
    told
        What people on the spot said.
    beside
        Whom to keep away from, by kind.
    ways
        How vehicles come near.
    """

    around: Surroundings
    picture: Picture
    told: Testimony
    beside: dict[str, Neighbours]
    ways: Ways

    @property
    def town(self) -> Town:
        """The town."""
        return self.around.town

    @classmethod
    def of(cls, town: Town, picture: Picture, asked: Profiles) -> "Case":
        """
        Look up once what several rules need.

        Parameters
        ----------
        town
            The town.
        picture
            What is believed.
        asked
            What every tier asks for.

        Returns
        -------
        case
            To be asked rule by rule.
        """
        around = Surroundings.of(town)
        told = testimony(town, picture)
        reach_m = max(asked.of(tier).value("street_access_m") for tier in SITED_TIERS)
        return cls(
            around=around,
            picture=picture,
            told=told,
            beside=neighbours(around, told),
            ways=_ways(around, picture, reach_m),
        )


def _ways(around: Surroundings, picture: Picture, reach_m: float) -> Ways:
    """Find the nearest streets, each time among those found before."""
    may, today = drivable(around.town), not_closed(picture)
    is_open = picture.streets.state_vehicle == StreetState.OPEN
    any_day = around.beside(may, reach_m)
    now = around.beside(may & today, reach_m, among=any_day)
    known_open = around.beside(may & is_open, reach_m, among=now)
    return Ways(
        any_day=any_day,
        today=now,
        known_open=known_open,
        hanging=bridges.hanging(around.town, picture.streets.state_vehicle),
    )


def by_visit(case: Case, tier: Tier) -> Verdicts:
    """
    Take the newest visit's word, where it speaks of this tier.

    Parameters
    ----------
    case
        What is known.
    tier
        The tier asked about.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    damage = case.picture.damage
    verdict = np.where(damage.visited, damage.verdict, Verdict.UNKNOWN).astype(np.int8)
    silent = [row for row, said in case.told.said.items() if not is_about(said, tier)]
    verdict[silent] = Verdict.UNKNOWN
    return verdict


def by_damage(picture: Picture, unfit_share: float) -> Verdicts:
    """
    Refuse what is probably severe or destroyed. Nothing seen from afar makes a structure fit.

    Parameters
    ----------
    picture
        What is believed.
    unfit_share
        Refused from this likelihood on, a share.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    p_grade = picture.damage.p_grade
    return unfit_where(p_grade[:, Grade.G2] + p_grade[:, Grade.G3] >= unfit_share)


def live_hazards(picture: Picture, hazard: str) -> tuple[HazardArea, ...]:
    """
    List the areas of one hazard that still count.

    Parameters
    ----------
    picture
        What is believed.
    hazard
        As in ``HazardSaid.hazard``.

    Returns
    -------
    areas
        Neither released nor faded.
    """
    least = facts.number("siting.hazard_level_share")
    return tuple(
        area
        for area in picture.hazards
        if area.hazard == hazard and area.status not in RELEASED and area.level >= least
    )


def by_hazard(case: Case, reach: Reach) -> Verdicts:
    """
    Refuse what a reported hazard touches. Nothing reported is no proof of anything.

    Parameters
    ----------
    case
        What is known.
    reach
        The hazard and how near it may be.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    areas = live_hazards(case.picture, reach.hazard)
    shapes = np.empty(len(areas), dtype=np.object_)
    shapes[:] = [area.shape for area in areas]
    return unfit_where(case.around.near(shapes, reach.distance_m))


def by_water_bed(case: Case, distance_m: float) -> Verdicts:
    """
    Refuse what stands in or beside a mapped river, wadi or canal.

    Parameters
    ----------
    case
        What is known.
    distance_m
        How near in metres is too near.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    return unfit_where(case.around.near(water_beds(case.town), distance_m))


def water_beds(town: Town) -> Objects:
    """
    List the beds of water on the map.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    shapes
        shapely shapes in the town's metric system. Shape ``(n_beds,)``, objects.
    """
    beds: Objects = town.barriers.shape[town.barriers.kind != "wall"]
    return beds


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


def by_street_access(case: Case, distance_m: float) -> Verdicts:
    """
    Ask whether a street that vehicles use comes near, and whether anybody reported it open.

    Parameters
    ----------
    case
        What is known.
    distance_m
        How near in metres it must come.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    verdict = unfit_where(case.ways.today.away_m > distance_m)
    verdict[case.ways.known_open.away_m <= distance_m] = Verdict.FIT
    return verdict


def by_single_bridge(case: Case) -> Verdicts:
    """
    Refuse what closed bridges cut off; a way that hangs on one bridge stays in doubt.

    Parameters
    ----------
    case
        What is known.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    verdict = np.full(case.town.structures.n, Verdict.UNKNOWN, dtype=np.int8)
    if case.ways.hanging is None:
        return verdict
    found = bridges.of_structures(case.ways.hanging, case.ways.any_day.street)
    bridge, is_joined, is_cut_off = found
    verdict[is_joined & (bridge == bridges.NONE)] = Verdict.FIT
    verdict[is_cut_off] = Verdict.UNFIT
    return verdict


def by_use(case: Case) -> Verdicts:
    """
    Refuse uses on the avoid list, whether the map's use or its name tells them.

    A map's word is old: it can refuse, not recommend.

    Parameters
    ----------
    case
        What is known.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    used = case.around.used_as(uses("avoided") | uses("hollow"))
    used |= case.around.named_as(facts.fact("siting.avoided_names").value)
    for kind in NEIGHBOURS:
        rows = case.beside[kind].row
        used[rows[rows >= 0]] = True
    return unfit_where(used)


def by_neighbours(case: Case, kind: str, distance_m: float) -> Verdicts:
    """
    Refuse what stands too near one kind of neighbour.

    Parameters
    ----------
    case
        What is known.
    kind
        Such as ``"military"``.
    distance_m
        How near in metres is too near; 0 means touching.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    return unfit_where(case.around.near(case.beside[kind].shape, distance_m))


def held_for_search(case: Case) -> Flags:
    """
    Find former detention sites and headquarters that no visit says were searched.

    Parameters
    ----------
    case
        What is known.

    Returns
    -------
    held
        Shape ``(n_structures,)``, bool.
    """
    held = case.around.used_as(facts.fact("requirements.held_uses").value)
    held |= case.around.named_as(facts.fact("requirements.held_names").value)
    held[case.told.searched()] = False
    return held


def plants(around: Surroundings) -> Flags:
    """
    Find plants that may have left contamination.

    Parameters
    ----------
    around
        The town's structures.

    Returns
    -------
    plants
        Shape ``(n_structures,)``, bool.
    """
    return around.used_as(facts.fact("requirements.plant_uses").value) | around.named_as(
        facts.fact("requirements.plant_names").value
    )


def unfit_where(broken: Flags) -> Verdicts:
    """
    Answer UNFIT where a rule is broken and UNKNOWN elsewhere.

    Parameters
    ----------
    broken
        Shape ``(n_structures,)``, bool.

    Returns
    -------
    verdict
        ``Verdict`` numbers. Shape ``(n_structures,)``, int8.
    """
    return np.where(broken, Verdict.UNFIT, Verdict.UNKNOWN).astype(np.int8)
