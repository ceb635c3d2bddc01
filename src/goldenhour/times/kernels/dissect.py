# SPDX-License-Identifier: Apache-2.0
"""
Nested dissection by coordinates: cut the map where few nodes lie in the way, and on and on.

For each of four directions a part's nodes are sorted along it, and the straight cut that the
fewest arcs cross tells where to look. In a broad band around the best of these the fewest nodes
that part both sides are found; they get the part's highest ranks (as in inertial flow: Schild,
Sommer 2015). The sorted lists are sorted once and only ever split.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from goldenhour.times.kernels import flow
from goldenhour.times.kernels.flow import CUT, LEFT, RIGHT, Band

_SMALL = 3  # parts of so many nodes are numbered as they come
_MIDDLING = 64  # smaller parts are looked at along x and y alone
_LEAST_SHARE = 0.35  # of a part on either side of a straight cut
_BAND_SHARES = (0.3, 0.1, 0.03)  # of a part on either side of it is in the band
_EVEN_SHARE = 0.3  # of a part on the smaller side is good enough to look no closer

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Lists(NamedTuple):
    """
    What the cutting works on; a part is the same slice of every sorted list.

    ``start``, ``far``: neighbours of each node, rows; ``sorted_by`` int32 (n_keys, n): nodes along
    each key; ``rank`` int32 (n,): -1 until given; ``place``, ``spare`` int32 (n,), ``side``,
    ``band_side`` int8 (n,), ``change`` int32 (n + 2,): scratch.
    """

    start: Array
    far: Array
    sorted_by: Array
    rank: Array
    place: Array
    spare: Array
    side: Array
    band_side: Array
    change: Array


@njit(cache=True, nogil=True)
def _keys(size: int) -> int:
    """Say how many keys a part is worth."""
    return 4 if size > _MIDDLING else 2


@njit(cache=True, nogil=True)
def _seat(lists: Lists, key: int, low: int, high: int) -> None:
    """Tell every node its place along a key."""
    nodes = lists.sorted_by[key]
    for at in range(low, high):
        lists.place[nodes[at]] = at - low


@njit(cache=True, nogil=True)
def _straight(lists: Lists, key: int, low: int, high: int) -> tuple[int, int]:
    """Find the straight cut along a key that the fewest arcs cross; give its score and place."""
    start, far, rank, place = lists.start, lists.far, lists.rank, lists.place
    nodes, change, size = lists.sorted_by[key], lists.change, high - low
    change[: size + 2] = 0
    for own in range(size):
        node = nodes[low + own]
        for arc in range(start[node], start[node + 1]):
            if rank[far[arc]] < 0:
                other = place[far[arc]]
                if other > own:
                    change[own + 1] += 1
                    change[other + 1] -= 1
    least = max(1, int(size * _LEAST_SHARE))
    best, best_cut, crossing = 2**60, size // 2, 0
    for cut in range(size - least + 1):
        crossing += change[cut]
        if cut >= least:
            slack = abs(2 * cut - size)
            score = crossing * (8 * size + slack) + slack // 64
            if score < best:
                best, best_cut = score, cut
    return best, best_cut


@njit(cache=True, nogil=True)
def _choose(lists: Lists, low: int, high: int) -> tuple[int, int]:
    """Choose the best of the straight cuts along all keys; its key is seated last."""
    best, best_key, best_cut = 2**61, 0, 0
    for key in range(_keys(high - low)):
        _seat(lists, key, low, high)
        score, cut = _straight(lists, key, low, high)
        if score < best:
            best, best_key, best_cut = score, key, cut
    _seat(lists, best_key, low, high)
    return best_key, best_cut


@njit(cache=True, nogil=True)
def _fill(lists: Lists, nodes: Array, first: int, n: int, band: Band) -> None:
    """Take a band out of a seated part; neighbours further right come first, to be tried first."""
    at = 0
    for here in range(n):
        node = nodes[first + here]
        band.start[here], band.near[here], band.beyond[here] = at, False, False
        for arc in range(lists.start[node], lists.start[node + 1]):
            if lists.rank[lists.far[arc]] >= 0:
                continue
            there = lists.place[lists.far[arc]] - lists.place[nodes[first]]
            if there < 0:
                band.near[here] = True
            elif there >= n:
                band.beyond[here] = True
            else:
                i = at
                while i > band.start[here] and band.far[i - 1] < there:
                    band.far[i] = band.far[i - 1]
                    i -= 1
                band.far[i] = there
                at += 1
    band.start[n] = at


@njit(cache=True, nogil=True)
def _spans(lists: Lists, node: int, last: int) -> bool:
    """Tell whether an arc of a node left of the band reaches beyond it."""
    for arc in range(lists.start[node], lists.start[node + 1]):
        if lists.rank[lists.far[arc]] < 0 and lists.place[lists.far[arc]] >= last:
            return True
    return False


@njit(cache=True, nogil=True)
def _part(lists: Lists, key: int, cut: int, low: int, high: int, band: Band) -> None:
    """Give every node of a part its side, by the best of the cuts in broader and narrower bands."""
    nodes, side, size = lists.sorted_by[key], lists.side, high - low
    best = np.inf
    for share in _BAND_SHARES:
        reach = max(2, int(size * share))
        first, last = max(1, cut - reach), min(size - 1, cut + reach)
        _fill(lists, nodes, low + first, last - first, band)
        n_cut, n_left = flow.cut(band, last - first, first, size - last, lists.band_side)
        for at in range(first):
            if _spans(lists, nodes[low + at], last):
                n_cut, n_left = n_cut + 1, n_left - 1
        smaller = min(n_left, size - n_cut - n_left)
        score = n_cut * n_cut / max(smaller, 0.5)
        if score < best:
            best = score
            for at in range(first):
                side[nodes[low + at]] = CUT if _spans(lists, nodes[low + at], last) else LEFT
            for at in range(first, last):
                side[nodes[low + at]] = lists.band_side[at - first]
            for at in range(last, size):
                side[nodes[low + at]] = RIGHT
        if smaller > size * _EVEN_SHARE:
            return


@njit(cache=True, nogil=True)
def _split(lists: Lists, low: int, high: int, n_left: int) -> int:
    """Split every list in the same way: left, right, cut; give where the right ends."""
    side, spare, right = lists.side, lists.spare, low
    for key in range(_keys(high - low)):
        nodes = lists.sorted_by[key]
        left, right = low, low + n_left
        for at in range(low, high):
            node = nodes[at]
            if side[node] == LEFT:
                spare[left] = node
                left += 1
            elif side[node] == RIGHT:
                spare[right] = node
                right += 1
        nodes[low:right] = spare[low:right]
    return right


@njit(cache=True, nogil=True)
def dissect(lists: Lists) -> None:
    """
    Give ranks to all nodes.

    Parameters
    ----------
    lists
        The lists; ``rank`` is filled, ``sorted_by`` used up.
    """
    band = flow.room(len(lists.rank), len(lists.far))
    todo = [(0, len(lists.rank), 0)]
    while todo:
        low, high, first = todo.pop()
        if high - low <= _SMALL:
            for at in range(low, high):
                lists.rank[lists.sorted_by[0, at]] = first + at - low
            continue
        key, cut = _choose(lists, low, high)
        _part(lists, key, cut, low, high, band)
        n_left, top, nodes = 0, first + high - low, lists.sorted_by[key]
        for at in range(low, high):
            if lists.side[nodes[at]] == CUT:
                top -= 1
                lists.rank[nodes[at]] = top
            elif lists.side[nodes[at]] == LEFT:
                n_left += 1
        right_end = _split(lists, low, high, n_left)
        todo.append((low, low + n_left, first))
        todo.append((low + n_left, right_end, first + n_left))
