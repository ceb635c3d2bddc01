# SPDX-License-Identifier: Apache-2.0
"""The whole made-up town as it stood before the fighting, metric, nothing hidden yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.exercise.blocks import Inside, lay_blocks
from goldenhour.exercise.buildings import Buildings, buildings, clear_of, joined
from goldenhour.exercise.farms import build_farms, lay_tracks
from goldenhour.exercise.ground import Ground, lay_ground
from goldenhour.exercise.houses import build_houses
from goldenhour.exercise.landmarks import build_landmarks, build_works, wanted
from goldenhour.exercise.moving import moved, turned
from goldenhour.exercise.network import Network, join_streets
from goldenhour.exercise.pinned import BUILT, Plan, value
from goldenhour.exercise.quarters import Quarter, lay_quarters

_OPEN_BLOCK_SHARE = 0.05
_HALLS_PER_10_000 = 16
_LEAST_HALLS = 2
_APART_M = 1.5
_STOREYS_SHARE = (0.52, 0.40, 0.08)
_WAVES = 5
_WAVE_M = (1300.0, 3200.0)
_SWAY_M = 16.0


@dataclass(frozen=True, kw_only=True)  # no slots: the points inside are worked out once
class City:
    """
    Everything that stood.

    Parameters
    ----------
    ground
        River and main roads.
    quarters
        Quarters of all towns.
    buildings
        All buildings, in the order of their ids.
    storeys
        Storeys of each. Shape ``(n,)``.
    network
        Street segments, in the order of their ids.
    """

    ground: Ground
    quarters: tuple[Quarter, ...]
    buildings: Buildings
    storeys: NDArray[np.int8]
    network: Network

    @cached_property
    def xy_m(self) -> Plan:
        """A point inside each building in metres. Shape ``(n, 2)``."""
        return shapely.get_coordinates(shapely.point_on_surface(self.buildings.outline))


def build_city(*, n_structures: int, rng: np.random.Generator) -> City:
    """
    Build the town.

    Parameters
    ----------
    n_structures
        Structures wanted.
    rng
        Source of all chance.

    Returns
    -------
    city
        With about as many structures; every outline is valid, and clear of streets and river.
    """
    ground = lay_ground(rng)
    quarters = lay_quarters(ground, n_structures=n_structures, rng=rng)
    inside = [lay_blocks(quarter, rng) for quarter in quarters]
    towns = shapely.unary_union([quarter.shape for quarter in quarters])
    tracks = lay_tracks(ground, towns)
    n_halls = max(_LEAST_HALLS, round(_HALLS_PER_10_000 * n_structures / 10_000))
    works, lanes = build_works(ground, n_halls=n_halls)
    network = join_streets(ground, inside, tracks=tracks, lanes=lanes)
    tables = [_town(town, inside, n_structures=n_structures, rng=rng) for town in BUILT]
    n_farms = round(value("share_of_structures")["farms"] * n_structures)
    farms = build_farms(tracks, n_farms=n_farms, towns=towns, rng=rng)
    city = _swayed(
        City(
            ground=ground,
            quarters=tuple(quarters),
            buildings=joined([*tables, *works, farms]),
            storeys=np.empty(0, dtype=np.int8),
            network=network,
        ),
        rng,
    )
    clear = clear_of(
        city.buildings, streets=city.network.line, river=city.ground.river, apart_m=_APART_M
    )
    table = _thinned(clear, n_structures=n_structures, rng=rng)
    storeys = rng.choice(np.arange(1, 4, dtype=np.int8), table.n, p=_STOREYS_SHARE)
    storeys[table.use == "industrial"] = 1
    return replace(city, buildings=table, storeys=storeys)


def _town(
    town: str, inside: list[Inside], *, n_structures: int, rng: np.random.Generator
) -> Buildings:
    """Build one town: public buildings first, houses on the rest."""
    here = [part for part in inside if part.quarter.town == town]
    n_here = round(value("share_of_structures")[town] * n_structures)
    built, blocks = build_landmarks(here, wanted(town, n_here), rng)
    for part, free in zip(here, blocks, strict=True):
        kept = free[rng.random(len(free)) > _OPEN_BLOCK_SHARE]
        outline = turned(build_houses(kept, rng), part.quarter.angle_deg)
        built.append(buildings(outline, town=town, quarter=part.quarter.number, use="house"))
    return joined(built)


def _thinned(table: Buildings, *, n_structures: int, rng: np.random.Generator) -> Buildings:
    """Leave plots empty until the number is right; public buildings all stay."""
    surplus = table.n - n_structures
    houses = np.flatnonzero(table.use == "house")
    if surplus <= 0 or len(houses) == 0:
        return table
    empty = rng.permutation(houses)[:surplus]
    keep = np.ones(table.n, dtype=bool)
    keep[empty] = False
    return table.only(keep)


def _swayed(city: City, rng: np.random.Generator) -> City:
    """Bend the whole plan a little, all of it alike: nobody builds with a ruler."""
    wave_m = rng.uniform(*_WAVE_M, _WAVES)
    heading = rng.uniform(0, 2 * np.pi, _WAVES)
    towards = np.stack([np.cos(heading), np.sin(heading)]) * 2 * np.pi / wave_m
    phase = rng.uniform(0, 2 * np.pi, (2, _WAVES))
    middle = shapely.get_coordinates(city.quarters[0].shape.centroid)

    def sway(xy_m: Plan) -> Plan:
        """Move points by a smooth field of a few metres to some dozens."""
        at = (xy_m - middle) @ towards
        moved = [np.sin(at + phase[axis]).sum(axis=1) for axis in (0, 1)]
        return np.asarray(xy_m + _SWAY_M * np.column_stack(moved))

    return _moved(city, sway)


def _moved(city: City, move: Callable[[Plan], Plan]) -> City:
    """Apply one displacement to all shapes."""
    ground = city.ground
    roads = [replace(road, line=moved(road.line, move)) for road in ground.roads]
    return replace(
        city,
        ground=Ground(
            river=moved(ground.river, move),
            banks=moved(ground.banks, move),
            roads=tuple(roads),
        ),
        quarters=tuple(replace(one, shape=moved(one.shape, move)) for one in city.quarters),
        buildings=replace(city.buildings, outline=moved(city.buildings.outline, move)),
        network=replace(city.network, line=moved(city.network.line, move)),
    )
