# SPDX-License-Identifier: Apache-2.0
"""Over which streets people are carried to the site they reach first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.times import layers, many
from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation
from goldenhour.times.holders import Direction
from goldenhour.times.kernels import ways
from goldenhour.times.kernels.reach import FAR, TAG, TAG_ARC, TICKS
from goldenhour.times.ticks import limit_ticks, to_seconds

Rows = NDArray[np.integer]
Ticks = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """One search from all sites: state of the nodes, and how homes leave."""

    state: NDArray[np.int32]
    leave_node: NDArray[np.int32]
    way: Ticks
    direct: Ticks


def street_seconds(evacuation: Evacuation) -> NDArray[np.float64]:
    """
    Look up what streets take.

    Parameters
    ----------
    evacuation
        The evacuation graph.

    Returns
    -------
    seconds
        On foot, by vehicle along and against each street, ``inf`` where closed. Shape
        ``(3, n_edges)``.
    """
    return to_seconds(evacuation.layers.street_ticks).astype(np.float64)


def with_street_seconds(evacuation: Evacuation, seconds: NDArray[np.float64]) -> Evacuation:
    """
    Let streets take other times; everything else stays.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    seconds
        On foot, by vehicle along and against each street, ``inf`` where closed. Shape
        ``(3, n_edges)``.

    Returns
    -------
    evacuation
        The same streets with these times.
    """
    foot_s, along_s, against_s = seconds
    there = evacuation.layers.with_seconds(foot_s=foot_s, along_s=along_s, against_s=against_s)
    return replace(evacuation, layers=there)


def is_reached(evacuation: Evacuation, sites: Rows, homes: Rows, limit_s: float | None) -> Bools:
    """
    Tell which homes reach some site in time, with one search from all sites at once.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Structure rows. Shape ``(n_sites,)``.
    homes
        Structure rows. Shape ``(n_homes,)``.
    limit_s
        Longest time in seconds, inclusive; None for no limit.

    Returns
    -------
    reached
        Shape ``(n_homes,)``, bool.
    """
    found = _search(evacuation, sites, homes, limit_s)
    best = np.minimum(found.way.min(axis=1, initial=FAR), found.direct)
    return np.asarray(best <= limit_ticks(limit_s))


def comes_to_street(
    evacuation: Evacuation, edges: Iterable[int], homes: Rows, *, limit_s: float
) -> Bools:
    """
    Tell which homes come to one of some streets in time, whatever lies beyond it.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    edges
        Street rows.
    homes
        Structure rows. Shape ``(n_homes,)``.
    limit_s
        Longest time in seconds, inclusive.

    Returns
    -------
    comes
        Nobody else's way can pass one of them in time. Shape ``(n_homes,)``, bool.
    """
    there, limit = evacuation.layers, limit_ticks(limit_s)
    streets, edge = evacuation.town.streets, np.array(sorted(edges), dtype=np.int64)
    starts = there.junctions.start.reshape(2, -1)[:, edge] + streets.n_nodes
    nodes = np.concatenate([streets.tail[edge], streets.head[edge], *starts]).astype(np.int32)
    desk, _ = many.spread(there.network.arriving, many.points_at(nodes), limit_s)
    home_at = evacuation.landing_of(homes)
    leave = layers.departures(there, home_at)
    ticks = desk.state[:, TICKS].astype(np.int64)
    way = np.where(leave.node >= 0, ticks[leave.node] + leave.ticks, FAR).min(axis=1, initial=FAR)
    return np.asarray((way <= limit) | np.isin(home_at.edge, edge).any(axis=1))


def people_by_street(
    evacuation: Evacuation,
    sites: Rows,
    homes: Rows,
    people: NDArray[np.float64],
    *,
    limit_s: float,
) -> NDArray[np.float64]:
    """
    Count the people whose way to the site they reach first passes each street.

    If a street closes, nobody else is carried for longer: no more people lose their way than are
    counted here.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Structure rows. Shape ``(n_sites,)``.
    homes
        Structure rows. Shape ``(n_homes,)``.
    people
        People of each home. Shape ``(n_homes,)``.
    limit_s
        Longest time in seconds, inclusive.

    Returns
    -------
    people
        Shape ``(n_edges,)``. Near a site that may be entered from several streets, each of them
        counts all who end there.
    """
    network = evacuation.layers.network
    found = _search(evacuation, sites, homes, limit_s)
    homes_at, sites_at = evacuation.landing_of(homes), evacuation.landing_of(sites)
    busy = np.zeros(evacuation.town.streets.n_edges)
    best = found.way.min(axis=1, initial=FAR)
    in_time = np.minimum(best, found.direct) <= limit_ticks(limit_s)
    direct = in_time & (found.direct <= best)
    _count_landings(busy, homes_at, np.flatnonzero(direct), people)
    column = np.argmin(found.way, axis=1) if found.way.size else np.zeros(len(homes), np.int64)
    on_way = np.flatnonzero(in_time & ~direct)
    first = homes_at.edge[on_way, column[on_way] % homes_at.edge.shape[1]]
    np.add.at(busy, first, people[on_way])
    at_node = np.zeros(network.n_nodes)
    np.add.at(at_node, found.leave_node[on_way, column[on_way]], people[on_way])
    arc = _flow(evacuation, found.state, at_node)
    is_street = network.edge >= 0
    np.add.at(busy, network.edge[is_street], arc[is_street])
    _count_ends(busy, evacuation, sites_at, at_node)
    return busy


def _search(evacuation: Evacuation, sites: Rows, homes: Rows, limit_s: float | None) -> _Reached:
    """Search once against the traffic; homes that share a street with a site pass no junction."""
    there, limit = evacuation.layers, limit_ticks(limit_s)
    site_at, home_at = evacuation.landing_of(sites), evacuation.landing_of(homes)
    arrive, leave = layers.arrivals(there, site_at), layers.departures(there, home_at)
    desk, _ = many.spread(there.network.arriving, arrive, limit_s, tagging=TAG_ARC)
    ticks = desk.state[:, TICKS].astype(np.int64)
    begun = np.full(there.network.n_nodes, FAR, dtype=np.int64)
    joins = arrive.node >= 0
    np.minimum.at(begun, arrive.node[joins], arrive.ticks[joins])
    desk.state[(ticks == begun) & (ticks < FAR), TAG] = -1  # here a site is entered: no arc follows
    way = np.where(leave.node >= 0, ticks[leave.node] + leave.ticks, FAR)
    direct = np.full(len(homes), FAR, dtype=np.int64)
    for past in (
        layers.along_one_street(there, site_at, home_at, limit=limit),
        layers.under_one_roof(np.asarray(sites), np.asarray(homes)),
    ):
        np.minimum.at(direct, past.home, past.ticks)
    return _Reached(state=desk.state, leave_node=leave.node, way=way, direct=direct)


def _flow(
    evacuation: Evacuation, state: NDArray[np.int32], at_node: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Send people down the tree of soonest ways, farthest nodes first; ``at_node`` adds up."""
    network = evacuation.layers.network
    arc_of_place = network.weights.topology.rows(Direction.ARRIVING)[2]
    reached = np.flatnonzero((state[:, TICKS] < FAR) & (state[:, TAG] >= 0))
    arc = np.full(network.n_nodes, -1, dtype=np.int64)
    arc[reached] = arc_of_place[state[reached, TAG]]
    onward = np.where(arc >= 0, network.head[arc], -1).astype(np.int64)
    ways.add_up(onward, at_node)
    flow = np.zeros(network.n_arcs)
    flow[arc[reached]] = at_node[reached]
    return flow


def _count_landings(
    busy: NDArray[np.float64],
    landing: Landing,
    rows: NDArray[np.int64],
    people: NDArray[np.float64],
) -> None:
    """Count some homes on every street that they step onto."""
    edge = landing.edge[rows]
    shared = np.repeat(people[rows][:, np.newaxis], edge.shape[1], axis=1)
    np.add.at(busy, edge[edge >= 0], shared[edge >= 0])


def _count_ends(
    busy: NDArray[np.float64],
    evacuation: Evacuation,
    sites_at: Landing,
    at_node: NDArray[np.float64],
) -> None:
    """Count all who end at a site's doors on every street that leads to them."""
    arrive = layers.arrivals(evacuation.layers, sites_at)
    n_streets = sites_at.edge.shape[1]
    for site in range(len(sites_at.edge)):
        ends = np.unique(arrive.node[site][arrive.node[site] >= 0])
        for edge in np.unique(sites_at.edge[site, :n_streets]):
            if edge >= 0:
                busy[edge] += at_node[ends].sum()
