# SPDX-License-Identifier: Apache-2.0
"""Slow and obvious answers."""

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import StreetState, UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.town.rules import Access
from goldenhour.town.town import Streets, Town

Floats = NDArray[np.float64]
Arc = tuple[int, int, float]
Entry = tuple[int, float, float]
Way = tuple[int, int, float]
"""From node, to node, seconds."""
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
    by ambulance, in any order. An ambulance is at the end of a street by which it came, or was
    called to a junction; at each of them it goes on by every street that no rule forbids.
    """
    streets, n, m, e = town.streets, town.streets.n_nodes, town.structures.n, town.streets.n_edges
    called, homes, sites = n, 2 * n + 2 * e, 2 * n + 2 * e + m
    arcs: list[Arc] = []
    load_s, unload_s = boarding_s(), facts.number("times.unloading_s")
    weights = _street_seconds(town, picture, unknown_streets)
    foot, along, against, stops = weights
    ways = [*zip(streets.tail, streets.head, along, strict=True)]
    ways += [*zip(streets.head, streets.tail, against, strict=True)]
    for edge in range(e):
        tail, head = int(streets.tail[edge]), int(streets.head[edge])
        arcs += [(tail, head, foot[edge]), (head, tail, foot[edge])]
        if stops[edge]:
            arcs += [(node, called + node, load_s) for node in (tail, head)]
            arcs += [(called + node, node, unload_s) for node in (tail, head)]
            arcs += [
                (2 * n + come, node, unload_s)
                for come, (_, node, _) in enumerate(ways)
                if node in (tail, head)
            ]
    for go, (start, _, seconds) in enumerate(ways):
        arcs += [(state, 2 * n + go, seconds) for state in _before(town, ways, go, called + start)]
    landings = [_landings(town, picture, i) for i in range(m)]
    for i, found in enumerate(landings):
        arcs.append((homes + i, sites + i, 0.0))
        for entry in found:
            arcs += _on_foot(streets, (homes + i, sites + i), entry, foot)
            arcs += _by_vehicle(town, ways, (homes + i, sites + i), entry, stops)
            for j, others in enumerate(landings):
                same = [other for other in others if other[0] == entry[0]]
                arcs += [
                    (homes + i, sites + j, _along_one(entry, other, weights)) for other in same
                ]
    tails, heads, took_s = (np.array(column) for column in zip(*arcs, strict=True))
    table = floyd_warshall(sites + m, tails, heads, took_s)
    return table[homes:sites, sites:]


def _before(town: Town, ways: list[Way], go: int, called: int) -> list[int]:
    """List the states from which an ambulance may set out along a directed street."""
    n, (start, _, _) = town.streets.n_nodes, ways[go]
    came = [come for come, way in enumerate(ways) if way[1] == start and may_turn(town, come, go)]
    return [called, *(2 * n + come for come in came)]


def may_turn(town: Town, come: int, go: int, *, user: str = "ambulance") -> bool:
    """Tell whether rules let a vehicle go from one directed street on to the next."""
    streets, turns, gates = town.streets, town.turns, town.gates
    e = streets.n_edges
    via = int(streets.head[come] if come < e else streets.tail[come - e])
    binds = getattr(turns, user)
    only = set()
    for sign in range(turns.n):
        if not binds[sign] or turns.via[sign] != via or turns.from_edge[sign] != come % e:
            continue
        if turns.is_only[sign]:
            if _leaves(streets, int(turns.to_edge[sign]), via):
                only.add(int(turns.to_edge[sign]))
        elif turns.to_edge[sign] == go % e:
            return False
    if only and go % e not in only:
        return False
    for gate in np.flatnonzero(gates.node == via):
        said = Access(int(getattr(gates.access, user)[gate]))
        stands = gates.kind[gate] in ("bollard", "block") and said is Access.UNKNOWN
        if (stands or said in (Access.NO, Access.PRIVATE)) and come % e != go % e:
            return False
    return True


def _leaves(streets: Streets, edge: int, node: int) -> bool:
    """Tell whether some vehicle may set out along a street from one of its ends."""
    if streets.highway[edge] in ("steps", "footway"):
        return False
    return bool(
        (streets.tail[edge] == node and streets.oneway[edge] >= 0)
        or (streets.head[edge] == node and streets.oneway[edge] <= 0)
    )


def boarding_s() -> float:
    """Say how long waiting for a vehicle and loading take, in seconds."""
    return facts.number("times.vehicle_wait_s") + facts.number("times.loading_s")


def _on_foot(streets: Streets, ends: tuple[int, int], entry: Entry, foot: list[float]) -> list[Arc]:
    """Join one structure, as a home and as a site, to both ends of one street on foot."""
    (e, share, off_m), (home, site) = entry, ends
    arcs: list[Arc] = []
    for node, part in ((int(streets.tail[e]), share), (int(streets.head[e]), 1 - share)):
        walk_s = off_m * _off_s_per_m() + (0.0 if part == 0 else _of(foot[e], part))
        arcs += [(home, node, walk_s), (node, site, walk_s)]
    return arcs


def _by_vehicle(
    town: Town, ways: list[Way], ends: tuple[int, int], entry: Entry, stops: list[bool]
) -> list[Arc]:
    """Load on the street before a home, unload on the street before a site."""
    (e, share, off_m), (home, site) = entry, ends
    n, off_s = town.streets.n_nodes, off_m * _off_s_per_m()
    arcs: list[Arc] = []
    if not stops[e]:
        return arcs
    for way, part in ((e, share), (town.streets.n_edges + e, 1 - share)):
        start, _, seconds = ways[way]
        load_s = off_s + boarding_s() + _of(seconds, 1 - part)
        arcs.append((home, 2 * n + way, load_s))
        unload_s = off_s + facts.number("times.unloading_s") + _of(seconds, part)
        arcs += [(state, site, unload_s) for state in _before(town, ways, way, n + int(start))]
    return arcs


def _along_one(home: Entry, site: Entry, weights: Weights) -> float:
    """Measure from a home to a site on the same street."""
    (e, share, off_m), (_, other, other_off_m) = home, site
    foot, along, against, stops = weights
    ways = [_of(foot[e], abs(other - share))]
    if stops[e]:
        drive_s = _of(along[e] if other >= share else against[e], abs(other - share))
        ways.append(boarding_s() + drive_s + facts.number("times.unloading_s"))
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
        if streets.surface[e] in ("sand", "mud"):
            carry_kmh = min(carry_kmh, 3.6 / _off_s_per_m())
        foot_s = metres * 3.6 / carry_kmh
        foot_s *= 1 + rubble * (facts.number("times.rubble_stretcher_factor") - 1)
        kmh = facts.fact("times.vehicle_kmh").value.get(
            kind, facts.number("times.vehicle_unknown_class_kmh")
        )
        kmh = min(kmh, {"gravel": 40.0, "sand": 20.0, "mud": 10.0}.get(streets.surface[e], np.inf))
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
        forbidden = streets.access.foot[e] == Access.NO
        if belief.state_stretcher[e] == StreetState.UNKNOWN and (assumed_closed or forbidden):
            foot_s = np.inf
        blocked = unknown and rubble >= facts.number("times.rubble_blocks_vehicle_share")
        closed = belief.state_vehicle[e] == StreetState.CLOSED or kind in ("steps", "footway")
        forbidden = streets.access.ambulance[e] == Access.NO
        if danger or closed or blocked or (unknown and (assumed_closed or forbidden)):
            drive_s = np.inf
        foot.append(foot_s)
        along.append(drive_s if streets.oneway[e] >= 0 else np.inf)
        against.append(drive_s if streets.oneway[e] <= 0 else np.inf)
        stops.append(bool(np.isfinite(drive_s)) and kind != "motorway")
    return foot, along, against, stops


def _landings(town: Town, picture: Picture, structure: int) -> list[Entry]:
    """
    Name the two nearest streets of a structure that no barrier cuts off: edge, share, metres.

    Of these, what leads through a hazard area is left out.
    """
    streets = town.streets
    spot = shapely.Point(town.structures.x_m[structure], town.structures.y_m[structure])
    found = []
    for e in range(streets.n_edges):
        walk = shapely.shortest_line(spot, streets.line[e])
        dry = not any(walk.intersects(barrier) for barrier in town.barriers.shape)
        on_ground = not streets.bridge[e] and streets.level[e] >= 0
        if dry and on_ground and walk.length <= facts.number("times.access_max_m"):
            share = streets.line[e].project(spot, normalized=True)
            found.append((walk.length, e, share))
    nearest = [(e, share, metres) for metres, e, share in sorted(found)[:2]]
    return [entry for entry in nearest if not _is_dangerous(picture, spot, streets, entry)]


def _is_dangerous(picture: Picture, spot: shapely.Point, streets: Streets, entry: Entry) -> bool:
    """Tell whether the straight walk onto a street meets a suspected minefield."""
    e, share, _ = entry
    walk = shapely.LineString([spot, streets.line[e].interpolate(share, normalized=True)])
    return any(
        area.hazard == "explosive" and walk.intersects(area.shape) for area in picture.hazards
    )
