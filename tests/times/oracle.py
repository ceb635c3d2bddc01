# SPDX-License-Identifier: Apache-2.0
"""Slow and obvious answers."""

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import StreetState, UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.town.town import Streets, Town

Floats = NDArray[np.float64]
Arc = tuple[int, int, float]
Entry = tuple[int, float, float]
Weights = tuple[list[float], list[float], list[float], list[bool]]


def floyd_warshall(
    n: int, tail: NDArray[np.integer], head: NDArray[np.integer], seconds: Floats
) -> Floats:
    """Try every node as a stop-over between every pair."""
    best = np.full((n, n), np.inf)
    np.fill_diagonal(best, 0)
    np.minimum.at(best, (tail, head), seconds)
    for over in range(n):
        best = np.minimum(best, best[:, [over]] + best[[over], :])
    return best


def carry_seconds(town: Town, picture: Picture, *, unknown_streets: UnknownStreets) -> Floats:
    """
    Measure from every structure to every structure by trying every stop-over.

    Everybody is carried to one of the two nearest streets without crossing water, then on foot or
    by vehicle, in any order.
    """
    streets, n, m = town.streets, town.streets.n_nodes, town.structures.n
    arcs: list[Arc] = []
    load_s, unload_s = facts.number("times.loading_s"), facts.number("times.unloading_s")
    weights = _street_seconds(town, picture, unknown_streets)
    foot, along, against, stops = weights
    for e, (tail, head) in enumerate(
        zip(streets.tail.tolist(), streets.head.tolist(), strict=True)
    ):
        arcs += [(tail, head, foot[e]), (head, tail, foot[e])]
        arcs += [(n + tail, n + head, along[e]), (n + head, n + tail, against[e])]
        if stops[e]:
            for node in (tail, head):
                arcs += [(node, n + node, load_s), (n + node, node, unload_s)]
    landings = [_landings(town, i) for i in range(m)]
    for i, found in enumerate(landings):
        arcs.append((2 * n + i, 2 * n + m + i, 0.0))
        for entry in found:
            arcs += _first_and_last_steps(streets, i, m, entry, weights)
            for j, others in enumerate(landings):
                same = [other for other in others if other[0] == entry[0]]
                arcs += [
                    (2 * n + i, 2 * n + m + j, _along_one(entry, other, weights)) for other in same
                ]
    tails, heads, seconds = (np.array(column) for column in zip(*arcs, strict=True))
    table = floyd_warshall(2 * n + 2 * m, tails, heads, seconds)
    return table[2 * n : 2 * n + m, 2 * n + m :]


def _first_and_last_steps(
    streets: Streets, i: int, m: int, entry: Entry, weights: Weights
) -> list[Arc]:
    """Join one structure, as a home and as a site, to both ends of one street."""
    (e, share, off_m), (foot, along, against, stops) = entry, weights
    n, off_s = streets.n_nodes, off_m * _off_s_per_m()
    home, site = 2 * n + i, 2 * n + m + i
    tail, head = int(streets.tail[e]), int(streets.head[e])
    arcs: list[Arc] = []
    for node, part in ((tail, share), (head, 1 - share)):
        walk_s = off_s + (0.0 if part == 0 else _of(foot[e], part))
        arcs += [(home, node, walk_s), (node, site, walk_s)]
    if stops[e]:
        load_s = off_s + facts.number("times.loading_s")
        unload_s = off_s + facts.number("times.unloading_s")
        arcs += [(home, n + tail, load_s + _of(against[e], share))]
        arcs += [(home, n + head, load_s + _of(along[e], 1 - share))]
        arcs += [(n + tail, site, unload_s + _of(along[e], share))]
        arcs += [(n + head, site, unload_s + _of(against[e], 1 - share))]
    return arcs


def _along_one(home: Entry, site: Entry, weights: Weights) -> float:
    """Measure from a home to a site on the same street."""
    (e, share, off_m), (_, other, other_off_m) = home, site
    foot, along, against, stops = weights
    ways = [_of(foot[e], abs(other - share))]
    if stops[e]:
        drive_s = _of(along[e] if other >= share else against[e], abs(other - share))
        ways.append(facts.number("times.loading_s") + drive_s + facts.number("times.unloading_s"))
    return (off_m + other_off_m) * _off_s_per_m() + min(ways)


def _off_s_per_m() -> float:
    """Say how slow a stretcher is over open ground."""
    return facts.number("times.carry_factor") * 3.6 / facts.number("times.off_road_kmh")


def _of(seconds: float, share: float) -> float:
    """Take a part of a street; no part of a closed street is open."""
    return np.inf if np.isinf(seconds) else seconds * share


def _street_seconds(town: Town, picture: Picture, unknown_streets: UnknownStreets) -> Weights:
    """Weigh every street on foot, by vehicle along and against; tell where a vehicle may stop."""
    streets, belief = town.streets, picture.streets
    foot, along, against, stops = [], [], [], []
    for e in range(streets.n_edges):
        kind, metres = streets.highway[e], streets.length_m[e]
        rubble = 0.0 if np.isnan(belief.rubble_share[e]) else float(belief.rubble_share[e])
        carry_kmh = facts.number("times.walking_kmh") / facts.number("times.carry_factor")
        if kind == "steps":
            carry_kmh /= facts.number("times.steps_factor")
        foot_s = metres * 3.6 / carry_kmh
        foot_s *= 1 + rubble * (facts.number("times.rubble_stretcher_factor") - 1)
        kmh = facts.fact("times.vehicle_kmh").value.get(
            kind, facts.number("times.vehicle_unknown_class_kmh")
        )
        drive_s = (
            metres * 3.6 / kmh * (1 + rubble * (facts.number("times.rubble_vehicle_factor") - 1))
        )
        drive_s += float(belief.delay_s[e])
        unknown = belief.state_vehicle[e] == StreetState.UNKNOWN
        danger = any(
            area.shape.intersects(streets.line[e]) and area.hazard == "explosive"
            for area in picture.hazards
        )
        assumed_closed = unknown_streets is UnknownStreets.CLOSED
        if danger or belief.state_stretcher[e] == StreetState.CLOSED:
            foot_s = np.inf
        if belief.state_stretcher[e] == StreetState.UNKNOWN and assumed_closed:
            foot_s = np.inf
        blocked = unknown and rubble >= facts.number("times.rubble_blocks_vehicle_share")
        closed = belief.state_vehicle[e] == StreetState.CLOSED or kind in ("steps", "footway")
        if danger or closed or blocked or (unknown and assumed_closed):
            drive_s = np.inf
        foot.append(foot_s)
        along.append(drive_s if streets.oneway[e] >= 0 else np.inf)
        against.append(drive_s if streets.oneway[e] <= 0 else np.inf)
        stops.append(bool(np.isfinite(drive_s)) and kind != "motorway")
    return foot, along, against, stops


def _landings(town: Town, structure: int) -> list[Entry]:
    """Name the two nearest streets of a structure that no barrier cuts off: edge, share, metres."""
    streets = town.streets
    spot = shapely.Point(town.structures.x_m[structure], town.structures.y_m[structure])
    found = []
    for e in range(streets.n_edges):
        walk = shapely.shortest_line(spot, streets.line[e])
        dry = not any(walk.intersects(barrier) for barrier in town.barriers.shape)
        if dry and not streets.bridge[e] and walk.length <= facts.number("times.access_max_m"):
            share = streets.line[e].project(spot, normalized=True)
            found.append((walk.length, e, share))
    return [(e, share, metres) for metres, e, share in sorted(found)[:2]]
