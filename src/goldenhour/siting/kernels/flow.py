# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops for capacities: most flow through a network, and the cut that limits it.

Flow is counted in whole units (int64), so that values are exact and sums never drift. The flow is
Dinic's (1970): shortest ways first, by layers. Arrays only.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EMPTY = -1
PLENTY = 2**60
"""Room of an arc that never limits anything."""


class Network(NamedTuple):
    """Arcs out of each node, each with its reverse; room is what may still flow along it."""

    start: Ints  # (n_nodes + 1,)
    head: Rows  # node at the end of each arc
    back: Rows  # position of the reverse arc
    room: Ints  # what may still flow


@numba.njit(cache=True)
def connect(n_nodes: int, tail: Rows, head: Rows, room: Ints) -> tuple[Network, Rows]:
    """Build a network from arcs; gives the position of each arc too."""
    start = np.zeros(n_nodes + 1, dtype=np.int64)
    for a in range(len(tail)):
        start[tail[a] + 1] += 1
        start[head[a] + 1] += 1
    start = np.cumsum(start)
    at = start[:-1].copy()
    net = Network(
        start,
        np.empty(2 * len(tail), dtype=np.int32),
        np.empty(2 * len(tail), dtype=np.int32),
        np.zeros(2 * len(tail), dtype=np.int64),
    )
    where = np.empty(len(tail), dtype=np.int32)
    for a in range(len(tail)):
        there, back = at[tail[a]], at[head[a]]
        at[tail[a]] += 1
        at[head[a]] += 1
        net.head[there], net.head[back] = head[a], tail[a]
        net.back[there], net.back[back] = back, there
        net.room[there] = room[a]
        where[a] = there
    return net, where


@numba.njit(cache=True)
def _layers(net: Network, source: int, sink: int, layer: Rows, queue: Rows) -> bool:
    """Count arcs from the source to each node, up to the sink; False if it is out of reach."""
    layer[:] = EMPTY
    layer[source] = 0
    queue[0] = source
    done, known = 0, 1
    while done < known:
        node = queue[done]
        done += 1
        if layer[sink] != EMPTY and layer[node] >= layer[sink]:
            break
        for a in range(net.start[node], net.start[node + 1]):
            other = net.head[a]
            if net.room[a] > 0 and layer[other] == EMPTY:
                layer[other] = layer[node] + 1
                queue[known] = other
                known += 1
    return bool(layer[sink] != EMPTY)


@numba.njit(cache=True)
def _fill_layers(net: Network, source: int, sink: int, layer: Rows, way: Rows) -> int:
    """Send as much as fits along layered ways; an arc once found useless is not tried again."""
    at = net.start[:-1].copy()
    sent, depth, node = 0, 0, source
    while True:
        if node == sink:
            least = PLENTY
            for d in range(depth):
                least = min(least, net.room[way[d]])
            first = depth
            for d in range(depth - 1, -1, -1):
                net.room[way[d]] -= least
                net.room[net.back[way[d]]] += least
                if net.room[way[d]] == 0:
                    first = d
            sent += least
            depth = first  # go on from the tail of the first full arc
            node = net.head[net.back[way[depth]]]
            continue
        while at[node] < net.start[node + 1]:
            a = at[node]
            if net.room[a] > 0 and layer[net.head[a]] == layer[node] + 1:
                break
            at[node] += 1
        if at[node] < net.start[node + 1]:
            way[depth] = at[node]
            depth += 1
            node = net.head[at[node]]
        elif depth == 0:
            return sent
        else:
            depth -= 1
            node = net.head[net.back[way[depth]]]
            at[node] += 1


@numba.njit(cache=True)
def push(net: Network, source: int, sink: int) -> tuple[int, Bools]:
    """
    Send all that still fits from source to sink, changing the room in place.

    Gives what was sent, and the source's side of a least cut. Called again after room was added,
    it goes on from the flow there is.
    """
    n_nodes = len(net.start) - 1
    layer = np.empty(n_nodes, dtype=np.int32)
    queue = np.empty(n_nodes, dtype=np.int32)
    way = np.empty(n_nodes + 1, dtype=np.int32)
    sent = 0
    while _layers(net, source, sink, layer, queue):
        sent += _fill_layers(net, source, sink, layer, way)
    return sent, layer != EMPTY
