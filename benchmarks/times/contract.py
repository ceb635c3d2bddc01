# SPDX-License-Identifier: Apache-2.0
"""Chains of streets between junctions become one arc, as in every serious router."""

import numpy as np
from benchmarks.times.graph import Flags, Graph, Ints, cleaned, kept


def contracted(graph: Graph) -> Graph:
    """Replace every chain through nodes that are no junction by one arc."""
    middle = _is_middle(graph)
    following = _following(graph, middle)
    arc = np.flatnonzero(~middle[graph.tail])
    start, last, ticks = graph.tail[arc], arc.copy(), graph.ticks[arc].astype(np.int64)
    going = np.flatnonzero(middle[graph.head[last]])
    while len(going):
        last[going] = following[last[going]]
        ticks[going] += graph.ticks[last[going]]
        going = going[middle[graph.head[last[going]]]]
    chains = graph._replace(tail=start, head=graph.head[last], ticks=ticks.astype(np.int32))
    return cleaned(kept(chains, arc=np.arange(len(arc)), node=~middle))


def _is_middle(graph: Graph) -> Flags:
    """Tell the nodes that traffic only passes: two neighbours, no turning, no dead end."""
    n = graph.n_nodes
    low, high = np.minimum(graph.tail, graph.head), np.maximum(graph.tail, graph.head)
    pair = np.unique(low.astype(np.int64) * n + high)
    neighbours = np.bincount(np.concatenate([pair // n, pair % n]), minlength=n)
    leaving = np.bincount(graph.tail, minlength=n)
    arriving = np.bincount(graph.head, minlength=n)
    middle: Flags = (neighbours == 2) & (leaving == arriving) & (leaving >= 1)
    return middle


def _following(graph: Graph, middle: Flags) -> Ints:
    """Give the arc that goes on from the end of each arc without turning back; -1 at junctions."""
    order = np.argsort(graph.tail, kind="stable").astype(np.int32)
    start = np.searchsorted(graph.tail[order], np.arange(graph.n_nodes + 1))
    following = np.full(graph.n_arcs, -1, dtype=np.int32)
    arc = np.flatnonzero(middle[graph.head])
    at = start[graph.head[arc]]
    first = order[at]
    second = order[np.minimum(at + 1, start[graph.head[arc] + 1] - 1)]
    following[arc] = np.where(graph.head[first] == graph.tail[arc], second, first)
    return following
