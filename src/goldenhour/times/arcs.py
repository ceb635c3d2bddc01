# SPDX-License-Identifier: Apache-2.0
"""
The arcs of both layers, in one order.

On foot along every edge and against it, by vehicle along and against, links between the parts of
junctions, loading, unloading. Arcs that nobody may ever use are left out of the network.
"""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode
from goldenhour.times import modes, turns
from goldenhour.times.graph import Network, from_arcs
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.modes import VehicleClass
from goldenhour.times.ticks import to_ticks
from goldenhour.times.turns import Junctions
from goldenhour.town.town import Town

Times = NDArray[np.int32]


def network(town: Town, parts: Junctions, ticks: Times, kept: NDArray[np.int64]) -> Network:
    """
    Lay out all arcs, and keep those that somebody may use.

    Parameters
    ----------
    town
        The town.
    parts
        Where streets begin and end for vehicles.
    ticks
        What ``all_ticks`` gave. Shape ``(n_all,)``.
    kept
        What ``ever_used`` gave. Shape ``(n_arcs,)``.

    Returns
    -------
    network
        The evacuation graph.
    """
    streets, n = town.streets, town.streets.n_nodes
    node, edge = np.arange(n, dtype=np.int32), np.arange(streets.n_edges, dtype=np.int32)
    by_vehicle, on_foot = _stands(town, parts)
    n_links, n_changes = len(parts.link_tail), n + len(by_vehicle)
    tail = [streets.tail, streets.head, n + parts.start, n + parts.link_tail, node, by_vehicle]
    head = [streets.head, streets.tail, n + parts.end, n + parts.link_head, n + node, on_foot]
    stands_on = np.concatenate([node, node, parts.stands_on])
    no_edge = np.full(n_links + n_changes, -1, dtype=np.int32)
    is_along = np.zeros(4 * streets.n_edges + len(no_edge), dtype=np.bool_)
    is_along[: streets.n_edges] = True
    is_along[2 * streets.n_edges : 3 * streets.n_edges] = True
    return from_arcs(
        tail=np.concatenate(tail, dtype=np.int32)[kept],
        head=np.concatenate(head, dtype=np.int32)[kept],
        ticks=ticks[kept],
        x=streets.node_x_m[stands_on],
        y=streets.node_y_m[stands_on],
        edge=np.concatenate([edge, edge, edge, edge, no_edge])[kept],
        along=is_along[kept],
        town=town,
    )


def all_ticks(
    town: Town,
    parts: Junctions,
    street_ticks: Times,
    stops: NDArray[np.bool_],
    boarding: int,
) -> Times:
    """
    Put the ticks of all arcs in order, those of loading closed where no vehicle can stop.

    Parameters
    ----------
    town
        The town.
    parts
        Where streets begin and end for vehicles.
    street_ticks
        Ticks on foot, by vehicle along and against every edge. Shape ``(3, n_edges)``.
    stops
        True on streets where a vehicle can load today. Shape ``(n_edges,)``.
    boarding
        Ticks of waiting and loading.

    Returns
    -------
    ticks
        ``FAR`` where closed. Shape ``(n_all,)``, int32.
    """
    foot, along, against = street_ticks
    can_stop = _ends(town, stops)
    _, on_foot = _stands(town, parts)
    unloading = to_ticks(facts.number("times.unloading_s"), where="times.unloading_s")
    links = np.where(parts.link_open, 0, FAR)
    loads, unloads = np.where(can_stop, boarding, FAR), np.where(can_stop[on_foot], unloading, FAR)
    return np.concatenate([foot, foot, along, against, links, loads, unloads], dtype=np.int32)


def ever_used(town: Town, parts: Junctions) -> NDArray[np.int64]:
    """
    List the arcs that somebody may use some day, on foot or by any vehicle.

    Parameters
    ----------
    town
        The town.
    parts
        Where streets begin and end for vehicles.

    Returns
    -------
    kept
        Places among all arcs, ascending. Shape ``(n_arcs,)``.
    """
    streets = town.streets
    walkable = modes.is_allowed(streets, mode=Mode.STRETCHER)
    stopping = [modes.may_stop(streets, vehicle=vehicle) for vehicle in VehicleClass]
    can_stop = _ends(town, np.any(stopping, axis=0))
    _, on_foot = _stands(town, parts)
    links = np.ones(len(parts.link_tail), dtype=np.bool_)
    used = [walkable, walkable, turns.drivable(town), links, can_stop, can_stop[on_foot]]
    return np.flatnonzero(np.concatenate(used))


def _stands(town: Town, parts: Junctions) -> tuple[Times, Times]:
    """List the nodes where a vehicle may arrive, and the same places on foot."""
    n = town.streets.n_nodes
    copies = np.arange(parts.n_copies, dtype=np.int32)
    node = np.arange(n, dtype=np.int32)
    by_vehicle = np.concatenate([n + node, 2 * n + copies], dtype=np.int32)
    return by_vehicle, np.concatenate([node, parts.stands_on[: parts.n_copies]], dtype=np.int32)


def _ends(town: Town, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell at which junctions some streets end."""
    ends = np.zeros(town.streets.n_nodes, dtype=np.bool_)
    ends[town.streets.tail[which]] = ends[town.streets.head[which]] = True
    return ends
