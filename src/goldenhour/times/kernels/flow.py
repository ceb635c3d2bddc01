# SPDX-License-Identifier: Apache-2.0
"""
The fewest nodes that part the two ends of a band: as many as there are paths with no node shared.

Paths are laid through the band one by one; a new one may push older ones aside (Ford, Fulkerson
1956; Menger 1927). Each node has two gates, in (``2 * node``) and out (``2 * node + 1``), since
only one path may pass it.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

LEFT, RIGHT, CUT = 0, 1, 2
_NONE, _EDGE = -1, -2

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Band(NamedTuple):
    """
    Nodes between two ends, numbered from 0, and the paths through them.

    ``start``, ``far`` int32: rows of neighbours within the band. ``near``, ``beyond`` bool (n,):
    nodes that touch the end where paths begin, where they finish. ``before``, ``after`` int32
    (n,): the path through each node, -1 for none, -2 for an end. ``seen`` bool (2 n,),
    ``arc`` int32 (n,), ``trail`` int32 (2 n,): scratch.
    """

    start: Array
    far: Array
    near: Array
    beyond: Array
    before: Array
    after: Array
    seen: Array
    arc: Array
    trail: Array


@njit(cache=True, nogil=True)
def room(n: int, n_far: int) -> Band:
    """
    Make room for the largest band there may be.

    Parameters
    ----------
    n
        Most nodes.
    n_far
        Most entries of rows.

    Returns
    -------
    band
        Unset.
    """
    return Band(
        start=np.empty(n + 1, dtype=np.int32),
        far=np.empty(n_far, dtype=np.int32),
        near=np.empty(n, dtype=np.bool_),
        beyond=np.empty(n, dtype=np.bool_),
        before=np.empty(n, dtype=np.int32),
        after=np.empty(n, dtype=np.int32),
        seen=np.empty(2 * n, dtype=np.bool_),
        arc=np.empty(n, dtype=np.int32),
        trail=np.empty(2 * n + 1, dtype=np.int32),
    )


@njit(cache=True, nogil=True)
def _search(band: Band, node: int) -> int:
    """Look for a path from one node; give its last place in ``trail``, -1 for none."""
    start, far, before = band.start, band.far, band.before
    seen, next_arc, trail = band.seen, band.arc, band.trail
    trail[0], depth = 2 * node, 0
    seen[2 * node] = True
    while depth >= 0:
        gate, to = trail[depth], _NONE
        here = gate >> 1
        if gate & 1 == 0:  # a node that is passed already lets nobody through but backwards
            to = gate + 1 if before[here] == _NONE else 2 * before[here] + 1
            if to >= 0 and seen[to]:
                to = _NONE
        else:
            if band.beyond[here]:
                return depth
            arc, end = next_arc[here], start[here + 1]
            while arc < end and to < 0:
                if not seen[2 * far[arc]]:
                    to = 2 * far[arc]
                arc += 1
            next_arc[here] = arc
            if to < 0 and before[here] != _NONE and not seen[gate - 1]:
                to = gate - 1
        if to < 0:
            depth -= 1
        else:
            depth += 1
            trail[depth] = to
            seen[to] = True
    return _NONE


@njit(cache=True, nogil=True)
def _lay(band: Band, last: int) -> None:
    """Lay the path of ``trail``; what it goes back along is taken up."""
    for i in range(last + 1):
        gate = band.trail[i]
        if gate & 1 == 0:
            came = band.trail[i - 1] if i > 0 else 2 * _EDGE
            band.before[gate >> 1] = _NONE if came == gate + 1 else came >> 1
        else:
            goes = band.trail[i + 1] if i < last else 2 * _EDGE
            band.after[gate >> 1] = _NONE if goes == gate - 1 else goes >> 1


@njit(cache=True, nogil=True)
def _round(band: Band, n: int) -> int:
    """Lay paths until no gate is left that was not seen; count them."""
    band.seen[: 2 * n] = False
    band.arc[:n] = band.start[:n]
    n_laid = 0
    for node in range(n):
        if band.near[node] and band.before[node] != _EDGE and not band.seen[2 * node]:
            last = _search(band, node)
            if last != _NONE:
                _lay(band, last)
                n_laid += 1
    return n_laid


@njit(cache=True, nogil=True)
def _mark(band: Band, n: int, here: int, there: int, side: Array) -> int:
    """Tell sides by what the last round saw: the cut nearest to where it began; count ``here``."""
    n_here = 0
    for node in range(n):
        if band.seen[2 * node + 1]:
            side[node] = here
            n_here += 1
        elif band.seen[2 * node] or (band.near[node] and band.before[node] == _EDGE):
            side[node] = CUT
        else:
            side[node] = there
    return n_here


@njit(cache=True, nogil=True)
def cut(band: Band, n: int, left: int, right: int, side: Array) -> tuple[int, int]:
    """
    Part a band with the fewest nodes; of two such cuts the more even one.

    Parameters
    ----------
    band
        Its rows, ``near`` and ``beyond`` set.
    n
        How many nodes it has.
    left
        How many more nodes lie left of it.
    right
        How many more lie right of it.
    side
        Receives LEFT, RIGHT or CUT. Shape ``(n,)``, int8.

    Returns
    -------
    n_cut, n_left
        How many nodes part it, and how many are on the left, all counted.
    """
    band.before[:n] = _NONE
    band.after[:n] = _NONE
    n_cut, n_laid = 0, 1
    while n_laid > 0:
        n_laid = _round(band, n)
        n_cut += n_laid
    n_left, n_both = left + _mark(band, n, LEFT, RIGHT, side), left + n + right - n_cut
    if 2 * n_left >= n_both:
        return n_cut, n_left  # the other cuts lie further right
    start, far, seen, arc, trail = band.start, band.far, band.seen, band.arc, band.trail
    mirror = Band(start, far, band.beyond, band.near, band.after, band.before, seen, arc, trail)
    _round(mirror, n)  # finds no path, but sees how far back one comes
    n_right = right
    for node in range(n):
        n_right += seen[2 * node + 1]
    if abs(2 * n_right - n_both) < abs(2 * n_left - n_both):
        _mark(mirror, n, RIGHT, LEFT, side)
        n_left = n_both - n_right
    return n_cut, n_left
