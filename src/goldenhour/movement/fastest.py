# SPDX-License-Identifier: Apache-2.0
"""The fastest open way between two points of a town, by today's picture."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.ops import substring

from goldenhour.base import facts
from goldenhour.base.errors import NoRouteError
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.movement.closures import closed_because, why_no_way
from goldenhour.movement.find_place import Spot
from goldenhour.movement.legs import Piece, legs_of
from goldenhour.movement.route import Leg, Route
from goldenhour.picture.belief import Picture
from goldenhour.reports.said import HazardStatus
from goldenhour.times import evacuation, modes
from goldenhour.times.access import Landing, land, may_step_on
from goldenhour.times.evacuation import StreetUse
from goldenhour.times.graph import Network
from goldenhour.times.path import fastest_path
from goldenhour.town.town import Town

_STILL_THERE = (HazardStatus.SUSPECTED, HazardStatus.CONFIRMED, HazardStatus.REDUCED)


class _Step(NamedTuple):
    """One way between a point and a junction: over open ground, then along part of a street."""

    node: int
    seconds: float
    off_m: float
    piece: Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A whole way: metres of open ground at both ends, pieces of street between, seconds in all."""

    seconds: float
    start_off_m: float
    end_off_m: float
    pieces: tuple[Piece, ...]


def fastest_route(
    town: Town,
    picture: Picture,
    *,
    start: Spot,
    end: Spot,
    mode: Mode,
    unknown_streets: UnknownStreets = UnknownStreets.PASSABLE,
) -> Route:
    """
    Find the fastest open way, with today's closures.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets and hazards.
    start
        Easting and northing in metres, and what to call it.
    end
        Likewise.
    mode
        On foot with a stretcher, or by vehicle.
    unknown_streets
        Whether streets without a report count as passable or as closed.

    Returns
    -------
    route
        Its shape, its named stretches, how much of it nobody has reported on, and the hazard areas
        it touches.

    Raises
    ------
    NoRouteError
        If an end joins no street, or no open way joins them; the reason is named.
    """
    network, use = evacuation.build(town, picture, mode=mode, unknown_streets=unknown_streets)
    landings = tuple(_landing(town, spot, use) for spot in (start, end))
    way = _fastest_way(network, town, *landings)
    if way is None:
        ends = (
            _nearest_node(network, town, landings[0], leaves=True),
            _nearest_node(network, town, landings[1], leaves=False),
        )
        raise why_no_way(network, town, use, ends=ends, names=(start[2], end[2]))
    line = _line(town, way, start, end)
    legs = legs_of(town, use, network.seconds, way.pieces, (way.start_off_m, way.end_off_m))
    length_m = sum(leg.length_m for leg in legs)
    return Route(
        start=start[2],
        end=end[2],
        mode=mode,
        as_of=picture.as_of,
        line=line,
        length_m=length_m,
        travel_s=way.seconds,
        unknown_share=_unknown_share(legs, length_m),
        legs=legs,
        hazards=_touched(picture, line),
    )


def _landing(town: Town, spot: Spot, use: StreetUse) -> Landing:
    """Find the streets that a point steps onto; they rest on the town, not on today's closures."""
    usable = may_step_on(town) & modes.is_allowed(town.streets, mode=use.mode)
    n_streets = int(facts.number("movement.access_streets"))
    at = (np.array([spot[0]]), np.array([spot[1]]))
    landing = land(town, *at, usable=usable, n_streets=n_streets)
    edges = landing.edge[0][landing.edge[0] >= 0]
    if not len(edges):
        raise NoRouteError(
            f"No street for this mode comes within {facts.number('times.access_max_m'):.0f} m of"
            f" {spot[2]}.",
            where=spot[2],
            do="Name a point nearer to a street.",
        )
    if not use.is_open[edges].any():
        reasons = sorted({closed_because(use, int(edge)) for edge in edges})
        raise NoRouteError(
            f"The streets at {spot[2]} are shut: {', '.join(reasons)}.",
            where=spot[2],
            do="Name a point on another street, go on foot, or ask who can open it.",
        )
    return landing


def _fastest_way(network: Network, town: Town, start: Landing, end: Landing) -> _Way | None:
    """Compare all pairs of junctions, and the way along one street."""
    leaving = _steps(network, town, start, leaves=True)
    arriving = _steps(network, town, end, leaves=False)
    best = _along_one_street(network, town, start, end)
    if leaving and arriving:
        between = network.travel_times(
            [step.node for step in leaving], [step.node for step in arriving]
        )
        total = between.astype(np.float64)
        total += np.array([step.seconds for step in leaving])[:, None]
        total += np.array([step.seconds for step in arriving])[None, :]
        first, last = np.unravel_index(int(total.argmin()), total.shape)
        if np.isfinite(total[first, last]) and (best is None or total[first, last] < best.seconds):
            best = _join(network, leaving[first], arriving[last], float(total[first, last]))
    return best


def _steps(network: Network, town: Town, at: Landing, *, leaves: bool) -> list[_Step]:
    """List the ways between a point and the ends of its streets, in the direction of travel."""
    steps = []
    n_edges, seconds = town.streets.n_edges, network.seconds
    for edge, share, off_m in _spots(at):
        for end_share in (0.0, 1.0):
            piece = Piece(edge, share, end_share) if leaves else Piece(edge, end_share, share)
            arc_s = float(seconds[edge if piece.is_forward else n_edges + edge])
            walk_s = off_m * modes.carry_off_road_s_per_m()
            if np.isfinite(arc_s):
                node = _node_at(network, town, edge, end_share, leaves=leaves)
                steps.append(_Step(node, walk_s + piece.part * arc_s, off_m, piece))
    return steps


def _spots(at: Landing) -> list[tuple[int, float, float]]:
    """List the streets that a point steps onto: edge, share along it, metres of open ground."""
    return [
        (int(edge), float(share), float(off_m))
        for edge, share, off_m in zip(at.edge[0], at.share[0], at.off_m[0], strict=True)
        if edge >= 0
    ]


def _along_one_street(network: Network, town: Town, start: Landing, end: Landing) -> _Way | None:
    """Go from one point to the other without passing a junction, if both are on one street."""
    ways = []
    seconds = network.seconds
    for edge, share, off_m in _spots(start):
        for other, other_share, other_off_m in _spots(end):
            piece = Piece(edge, share, other_share)
            arc_s = float(seconds[edge if piece.is_forward else town.streets.n_edges + edge])
            if edge == other and np.isfinite(arc_s):
                walk_s = (off_m + other_off_m) * modes.carry_off_road_s_per_m()
                total_s = piece.part * arc_s + walk_s
                ways.append(
                    _Way(
                        seconds=total_s,
                        start_off_m=off_m,
                        end_off_m=other_off_m,
                        pieces=(piece,),
                    )
                )
    return min(ways, key=lambda way: way.seconds, default=None)


def _join(network: Network, leave: _Step, arrive: _Step, seconds: float) -> _Way:
    """Put the two ends and the streets between them together."""
    path = fastest_path(network, leave.node, arrive.node)
    between = (
        Piece(int(edge), 0.0 if forward else 1.0, 1.0 if forward else 0.0)
        for edge, forward in zip(path.edges, path.forward, strict=True)
    )
    return _Way(
        seconds=seconds,
        start_off_m=leave.off_m,
        end_off_m=arrive.off_m,
        pieces=(leave.piece, *between, arrive.piece),
    )


def _line(town: Town, way: _Way, start: Spot, end: Spot) -> LineString:
    """Draw the way from point to point."""
    parts: list[NDArray[np.float64]] = [np.array([start[:2]])]
    for piece in way.pieces:
        street = town.streets.line[piece.edge]
        part = substring(street, piece.from_share, piece.to_share, normalized=True)
        parts.append(shapely.get_coordinates(part))
    parts.append(np.array([end[:2]]))
    at = np.concatenate(parts)
    moves = np.concatenate([[True], np.any(np.diff(at, axis=0) != 0, axis=1)])
    return LineString(at[moves] if moves.sum() > 1 else at[:2])


def _nearest_node(network: Network, town: Town, at: Landing, *, leaves: bool) -> int:
    """Name the node nearest to where a point steps onto a street."""
    edge, share, _ = _spots(at)[0]
    return _node_at(network, town, edge, float(round(share)), leaves=leaves)


def _node_at(network: Network, town: Town, edge: int, end_share: float, *, leaves: bool) -> int:
    """Name the node at which one comes to an end of a street, or sets out along it from there."""
    is_along = (end_share > 0) == leaves
    arc = edge if is_along else town.streets.n_edges + edge
    return int((network.head if leaves else network.tail)[arc])


def _unknown_share(legs: tuple[Leg, ...], length_m: float) -> float:
    """Weigh what nobody has reported on by its length."""
    unknown_m = sum(leg.unknown_share * leg.length_m for leg in legs)
    return unknown_m / length_m if length_m else 0.0


def _touched(picture: Picture, line: LineString) -> tuple[str, ...]:
    """Name the hazard areas that a way touches and that are not released, as ``kind:status``."""
    return tuple(
        sorted(
            {
                f"{area.hazard}:{area.status.value}"
                for area in picture.hazards
                if area.status in _STILL_THERE and area.shape.intersects(line)
            }
        )
    )
