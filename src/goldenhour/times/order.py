# SPDX-License-Identifier: Apache-2.0
"""The order in which a hierarchy takes nodes away: by our own cuts, or by METIS."""

from enum import StrEnum
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from goldenhour.times.kernels import dissect
from goldenhour.times.kernels import order as kernel

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_CELLS = 2**16 - 1
_SPREAD = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))


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
        Eastings in metres, or in any unit that is the same for ``y``. Shape ``(n_nodes,)``.
    y
        Northings. Shape ``(n_nodes,)``.
    by
        METIS, or cuts through the map.

    Returns
    -------
    rank
        A permutation, the same on every run. Shape ``(n_nodes,)``.
    """
    node = _along_a_curve(x, y)
    place = np.empty(len(x), dtype=np.int32)
    place[node] = np.arange(len(x), dtype=np.int32)
    start, far = kernel.neighbours(place[tail], place[head], len(x))
    peeled = kernel.peel(start, far)
    rank, n_first = np.empty(len(x), dtype=np.int32), len(peeled.first)
    rank[peeled.first] = np.arange(n_first, dtype=np.int32)
    if by is OrderedBy.METIS:
        core_rank = _by_metis(peeled)
    else:
        core_rank = _by_cuts(peeled, x[node[peeled.core]], y[node[peeled.core]])
    rank[peeled.core] = n_first + core_rank
    ranked: Ints = kernel.in_subtrees(start, far, rank)[place]
    return ranked


def _along_a_curve(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Order nodes so that neighbours on the map are neighbours in memory (Morton 1966)."""
    if not len(x):
        return np.empty(0, dtype=np.int64)
    width = max(np.ptp(x), np.ptp(y)) or 1.0
    code = _spread((x - x.min()) / width) | _spread((y - y.min()) / width) << np.uint32(1)
    return np.argsort(code, kind="stable")


def _spread(share: Floats) -> NDArray[np.uint32]:
    """Put a zero behind each bit of a share of 0 to 1, in 16 bits."""
    bits = (share * _CELLS).astype(np.uint32)
    for shift, mask in _SPREAD:
        bits = (bits | bits << np.uint32(shift)) & np.uint32(mask)
    return bits


def _by_metis(peeled: kernel.Peeled) -> Ints:
    """Rank the core by METIS, which knows no node without neighbours nor an empty graph."""
    import pymetis  # noqa: PLC0415 - optional

    degree = np.diff(peeled.start)
    alone = degree == 0
    n_alone = int(np.count_nonzero(alone))
    rank = np.empty(len(degree), dtype=np.int32)
    rank[alone] = np.arange(n_alone)
    if n_alone == len(degree):
        return rank
    new = np.cumsum(~alone) - 1
    rows = np.concatenate([[0], np.cumsum(degree[~alone])])
    graph = pymetis.CSRAdjacency(rows, new[peeled.far])
    rank[~alone] = n_alone + np.asarray(pymetis.nested_dissection(graph)[1])
    return rank


def _by_cuts(peeled: kernel.Peeled, x: Floats, y: Floats) -> Ints:
    """Rank the core by cuts through the map."""
    n = len(x)
    keys = (x, y, x + y, x - y)
    lists = dissect.Lists(
        start=peeled.start,
        far=peeled.far,
        sorted_by=np.stack([np.argsort(key, kind="stable").astype(np.int32) for key in keys]),
        rank=np.full(n, -1, dtype=np.int32),
        place=np.empty(n, dtype=np.int32),
        spare=np.empty(n, dtype=np.int32),
        side=np.empty(n, dtype=np.int8),
        band_side=np.empty(n, dtype=np.int8),
        change=np.empty(n + 2, dtype=np.int32),
    )
    dissect.dissect(lists)
    ranked: Ints = lists.rank
    return ranked
