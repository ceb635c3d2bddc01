# SPDX-License-Identifier: Apache-2.0
"""
Which streets hang on one bridge, by the map's own graph.

The streets without bridges fall apart into lands. A bridge on which a land hangs is a cut vertex
of the graph of lands and bridges (Tarjan 1972, SIAM J. Comput. 1:146): without it no way is left to
the land with most street. Carriageways side by side are one bridge: they fall together.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from goldenhour.base import facts
from goldenhour.base.grades import StreetState
from goldenhour.siting.screening.surroundings import NO_STREET, Flags, drivable
from goldenhour.town.town import Streets, Town

Rows = NDArray[np.int64]
NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """
    How each street is joined to the rest of the town.

    Parameters
    ----------
    bridge
        A street row of the nearest bridge that it hangs on, -1 if none. Shape ``(n_edges,)``,
        int64.
    is_joined
        True where the map joins it to the rest at all. Shape ``(n_edges,)``, bool.
    is_cut_off
        True where it was joined and reports closed every bridge to the rest. Shape ``(n_edges,)``,
        bool.
    """

    bridge: Rows
    is_joined: Flags
    is_cut_off: Flags


class _Links(NamedTuple):
    """Which land touches which bridge."""

    land: Rows
    bridge: Rows


def hanging(town: Town, state_vehicle: NDArray[np.int8]) -> Hanging | None:
    """
    Find the streets that hang on one bridge, and those that are cut off.

    Parameters
    ----------
    town
        The town.
    state_vehicle
        ``StreetState`` numbers for vehicles. Shape ``(n_edges,)``, int8.

    Returns
    -------
    hanging
        None if the map knows no bridge: then it cannot tell.
    """
    streets = town.streets
    may = drivable(town)
    spans = np.flatnonzero(may & streets.bridge)
    if not len(spans):
        return None
    land = _pieces(streets, may & ~streets.bridge)
    main = _largest(streets, land, may & ~streets.bridge)
    group = _one_bridge_each(streets, spans)
    links = _Links(
        land=np.concatenate([land[streets.tail[spans]], land[streets.head[spans]]]),
        bridge=np.concatenate([group, group]),
    )
    only = _hangs_on(links, main=main, n_lands=int(land.max()) + 1)
    first = _first_of(group)
    bridge = np.where(only >= 0, spans[first[only]], NONE)[land[streets.tail]]
    joined = _reached(streets, may, main, land)
    left = _reached(streets, may & ~_down(streets, state_vehicle), main, land)
    return Hanging(
        bridge=np.where(may, bridge, NONE),
        is_joined=joined & may,
        is_cut_off=joined & ~left & may,
    )


def of_structures(found: Hanging, street: Rows) -> tuple[Rows, Flags, Flags]:
    """
    Look up what holds for the street beside each structure.

    Parameters
    ----------
    found
        What holds for streets.
    street
        Nearest drivable street of each structure, ``NO_STREET`` if none. Shape ``(n_structures,)``.

    Returns
    -------
    bridge, is_joined, is_cut_off
        As in ``Hanging``; -1 and False where there is no street. Shape ``(n_structures,)`` each.
    """
    has = street != NO_STREET
    at = np.where(has, street, 0)
    return (
        np.where(has, found.bridge[at], NONE),
        found.is_joined[at] & has,
        found.is_cut_off[at] & has,
    )


def _down(streets: Streets, state_vehicle: NDArray[np.int8]) -> Flags:
    """Tell which bridges are reported closed."""
    down: Flags = streets.bridge & (state_vehicle == StreetState.CLOSED)
    return down


def _pieces(streets: Streets, kept: Flags) -> Rows:
    """Count off the pieces into which some streets join the nodes."""
    n = streets.n_nodes
    tail, head = streets.tail[kept], streets.head[kept]
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _largest(streets: Streets, land: Rows, kept: Flags) -> int:
    """Find the land with most street."""
    return int(
        np.bincount(land[streets.tail[kept]], weights=streets.length_m[kept], minlength=1).argmax()
    )


def _reached(streets: Streets, kept: Flags, main: int, land: Rows) -> Flags:
    """Tell which streets some others join to the main land."""
    piece = _pieces(streets, kept)
    at_main = piece[np.flatnonzero(land == main)[0]]
    reached: Flags = piece[streets.tail] == at_main
    return reached


def _one_bridge_each(streets: Streets, spans: Rows) -> Rows:
    """Count bridges off: carriageways that lie close are one."""
    apart_m = facts.number("requirements.bridge_parts_m")
    lines = streets.line[spans]
    near = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=apart_m)
    n = len(spans)
    graph = coo_array((np.ones(near.shape[1], dtype=np.int8), (near[0], near[1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _first_of(group: Rows) -> Rows:
    """Find the first span of each bridge."""
    return np.asarray(np.unique(group, return_index=True)[1], dtype=np.int64)


def _hangs_on(links: _Links, *, main: int, n_lands: int) -> Rows:
    """Find the nearest bridge on which each land hangs, -1 if none: cut vertices from the main."""
    near: dict[int, list[int]] = {}
    for land, bridge in sorted(set(zip(links.land.tolist(), links.bridge.tolist(), strict=True))):
        near.setdefault(land, []).append(n_lands + bridge)
        near.setdefault(n_lands + bridge, []).append(land)
    parent, low, order = _walk(near, main)
    only = np.full(n_lands, NONE, dtype=np.int64)
    hangs: dict[int, int] = {main: NONE}
    seen = {vertex: at for at, vertex in enumerate(order)}
    for vertex in order[1:]:
        above = parent[vertex]
        cuts = above >= n_lands and low[vertex] >= seen[above]
        hangs[vertex] = above - n_lands if cuts else hangs[above]
        if vertex < n_lands:
            only[vertex] = hangs[vertex]
    return only


def _walk(
    near: dict[int, list[int]], root: int
) -> tuple[dict[int, int], dict[int, int], list[int]]:
    """Walk depth first: parents, low points, and the order of discovery."""
    parent, order = {root: NONE}, [root]
    seen = {root: 0}
    low = {root: 0}
    stack = [(root, iter(near.get(root, ())))]
    while stack:
        vertex, others = stack[-1]
        for other in others:
            if other not in seen:
                seen[other] = low[other] = len(order)
                parent[other] = vertex
                order.append(other)
                stack.append((other, iter(near[other])))
                break
            if other != parent[vertex]:
                low[vertex] = min(low[vertex], seen[other])
        else:
            stack.pop()
            if stack:
                above = stack[-1][0]
                low[above] = min(low[above], low[vertex])
    return parent, low, order
