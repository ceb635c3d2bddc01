# SPDX-License-Identifier: Apache-2.0
"""The order in which a hierarchy takes nodes away: by METIS where it is installed, else our own."""

from enum import StrEnum
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from goldenhour.times.kernels import order as kernel

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class OrderedBy(StrEnum):
    """Where an order comes from."""

    METIS = "metis"
    CUTS = "cuts"


def best_order() -> OrderedBy:
    """
    Say which order this installation makes.

    Returns
    -------
    ordered_by
        METIS if ``pymetis`` is installed.
    """
    return OrderedBy.METIS if find_spec("pymetis") else OrderedBy.CUTS


def rank_nodes(*, tail: Ints, head: Ints, x: Floats, y: Floats, by: OrderedBy) -> Ints:
    """
    Rank the nodes by nested dissection.

    Parameters
    ----------
    tail
        Start nodes of the arcs. Shape ``(n_arcs,)``.
    head
        End nodes. Shape ``(n_arcs,)``.
    x
        Eastings in metres, or in any unit that is the same for ``y``; METIS does not look at
        them. Shape ``(n_nodes,)``.
    y
        Northings. Shape ``(n_nodes,)``.
    by
        METIS, or straight cuts through the map.

    Returns
    -------
    rank
        A permutation, the same on every run. Shape ``(n_nodes,)``.
    """
    start, far = kernel.neighbours(tail, head, len(x))
    if by is OrderedBy.METIS:
        return _by_metis(start, far)
    return _by_cuts(start, far, x, y)


def _by_metis(start: NDArray[np.int64], far: Ints) -> Ints:
    """Rank by METIS, which knows no node without neighbours nor an empty graph."""
    import pymetis  # noqa: PLC0415 - optional

    n = len(start) - 1
    alone = np.diff(start) == 0
    rank = np.empty(n, dtype=np.int32)
    n_alone = int(np.count_nonzero(alone))
    rank[alone] = np.arange(n_alone)
    if n_alone == n:
        return rank
    new = np.cumsum(~alone) - 1
    rows = np.concatenate([[0], np.cumsum(np.diff(start)[~alone])])
    graph = pymetis.CSRAdjacency(rows, new[far])
    rank[~alone] = n_alone + np.asarray(pymetis.nested_dissection(graph)[1])
    return rank


def _by_cuts(start: NDArray[np.int64], far: Ints, x: Floats, y: Floats) -> Ints:
    """Rank by straight cuts."""
    n = len(x)
    keys = (x, y, x + y, x - y)
    sorted_by = np.stack([np.argsort(key, kind="stable").astype(np.int32) for key in keys])
    lists = kernel.Lists(
        start=start,
        far=far,
        sorted_by=sorted_by,
        rank=np.full(n, -1, dtype=np.int32),
        place=np.zeros(n, dtype=np.int32),
        side=np.zeros(n, dtype=np.int32),
        spare=np.empty(n, dtype=np.int32),
        change=np.zeros(n + 2, dtype=np.int32),
    )
    kernel.dissect(lists, 0, n, 0)
    ranked: Ints = lists.rank
    return ranked
