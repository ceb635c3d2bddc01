# SPDX-License-Identifier: Apache-2.0
"""From lanes of targets to rows of a matrix, or to lists of pairs; compiled."""

import numpy as np
from numba import njit, types

from goldenhour.times.kernels.lanes import (
    LANES,
    ONE,
    PLACES,
    READ32,
    ROWS,
    WIDE,
    Array,
    Count,
    across,
    load,
    packed,
    soonest,
    store,
)
from goldenhour.times.kernels.reach import FAR, TICKS_PER_S, Pairs

_TILE = 64
_HIGH = np.uint64(_TILE)
_S_PER_TICK = np.float32(1 / TICKS_PER_S)
_FAR, _INFINITE, _NEVER = np.int32(FAR), np.float32(np.inf), np.uint16(65_535)
_LAST_S = 65_534


@packed(types.void(READ32, PLACES, READ32, types.uint64, types.uint64, types.uint64, ROWS))
def _tile(  # noqa: PLR0913, PLR0917 - arrays one by one: packing needs a signature
    found: Array, place: Array, step: Array, k: Count, first: Count, n: Count, tile: Array
) -> None:
    """Take the best entry of a few targets, then turn rows of lanes into lanes of targets."""
    entry, j, work = first * k, np.uint64(0), _HIGH * WIDE
    while j < n:
        row = load(found, np.uint64(len(found)) - WIDE)
        last = entry + k
        while entry < last:
            row = soonest(row, load(found, np.uint64(place[entry]) * WIDE), step[entry])
            entry += ONE
        store(tile, work + (j % WIDE) * WIDE, row)
        j += ONE
        if j % WIDE == 0 or j == n:
            lane = np.uint64(0)
            while lane < WIDE:
                store(tile, lane * _HIGH + (j - ONE) // WIDE * WIDE, across(tile, work + lane))
                lane += ONE


@njit(cache=True, nogil=True)
def in_ticks(found: Array, place: Array, step: Array, limit: int, row: Array, out: Array) -> None:
    """
    Write the lanes of a block as rows of ticks.

    Parameters
    ----------
    found
        Rows of targets, the last one closed. Shape ``((n_lines + 2) * 16,)``, int32.
    place
        Row of each entry of each target. Shape ``(n_targets * k,)``, uint32.
    step
        Ticks to step off there. Shape ``(n_targets * k,)``, int32.
    limit
        Ticks, inclusive.
    row
        Row of ``out`` for each lane in use. Shape ``(n_lanes,)``, int64.
    out
        Receives ticks, ``2**31 - 1`` beyond the limit. Shape ``(n_sources, n_targets)``, int32.
    """
    tile, n_targets = np.empty((_TILE + LANES) * LANES, dtype=np.int32), out.shape[1]
    longest = np.int32(limit)  # in 32 bits the loops below pack
    for first in range(0, n_targets, _TILE):
        n = min(_TILE, n_targets - first)
        _tile(found, place, step, len(place) // n_targets, first, n, tile)
        for lane in range(len(row)):
            to, ticks = out[row[lane], first : first + n], tile[lane * _TILE : lane * _TILE + n]
            for j in range(len(to)):
                to[j] = ticks[j] if ticks[j] <= longest else _FAR


@njit(cache=True, nogil=True)
def in_seconds(found: Array, place: Array, step: Array, limit: int, row: Array, out: Array) -> None:
    """
    Write the lanes of a block as rows of seconds.

    Parameters
    ----------
    found, place, step, limit, row
        As in ``in_ticks``.
    out
        Receives seconds, ``inf`` beyond the limit. Shape ``(n_sources, n_targets)``, float32.
    """
    tile, n_targets = np.empty((_TILE + LANES) * LANES, dtype=np.int32), out.shape[1]
    longest = np.int32(limit)  # in 32 bits the loops below pack
    for first in range(0, n_targets, _TILE):
        n = min(_TILE, n_targets - first)
        _tile(found, place, step, len(place) // n_targets, first, n, tile)
        for lane in range(len(row)):
            to, ticks = out[row[lane], first : first + n], tile[lane * _TILE : lane * _TILE + n]
            for j in range(len(to)):
                seconds = np.float32(ticks[j]) * _S_PER_TICK
                to[j] = seconds if ticks[j] <= longest else _INFINITE


@njit(cache=True, nogil=True)
def in_whole_seconds(
    found: Array, place: Array, step: Array, limit: int, row: Array, out: Array
) -> None:
    """
    Write the lanes of a block as rows of whole seconds, rounded up.

    Parameters
    ----------
    found, place, step, limit, row
        As in ``in_ticks``.
    out
        Receives seconds, 65,535 beyond the limit or 65,534 seconds. Shape
        ``(n_sources, n_targets)``, uint16.
    """
    tile, n_targets = np.empty((_TILE + LANES) * LANES, dtype=np.int32), out.shape[1]
    longest = np.int32(limit)  # in 32 bits the loops below pack
    for first in range(0, n_targets, _TILE):
        n = min(_TILE, n_targets - first)
        _tile(found, place, step, len(place) // n_targets, first, n, tile)
        for lane in range(len(row)):
            to, ticks = out[row[lane], first : first + n], tile[lane * _TILE : lane * _TILE + n]
            for j in range(len(to)):
                seconds = (ticks[j] + 63) >> 6
                within = ticks[j] <= longest and seconds <= _LAST_S
                to[j] = np.uint16(seconds) if within else _NEVER


@njit(cache=True, nogil=True)
def pairs(  # noqa: PLR0913, PLR0917 - what one block needs
    found: Array,
    place: Array,
    step: Array,
    known: Pairs,
    limit: int,
    row: Array,
    column: Array,
    ticks: Array,
) -> Array:
    """
    List the pairs of a block within the limit.

    Parameters
    ----------
    found, place, step, limit
        As in ``in_ticks``.
    known
        Ways that pass no node, per source; the shorter way counts.
    row
        Source of each lane in use. Shape ``(n_lanes,)``, int64.
    column
        Receives targets, ascending, one row per lane. Shape ``(16, n_targets + 1)``, int32.
    ticks
        Receives their ticks. Shape ``(16, n_targets + 1)``, int32.

    Returns
    -------
    n_found
        Pairs of each lane. Shape ``(n_lanes,)``, int64.
    """
    tile, n_targets = np.empty((_TILE + LANES) * LANES, dtype=np.int32), column.shape[1] - 1
    longest, n_found = np.int32(limit), np.zeros(len(row), dtype=np.int64)
    way = known.start[row]
    for first in range(0, n_targets, _TILE):
        n = min(_TILE, n_targets - first)
        _tile(found, place, step, len(place) // n_targets, first, n, tile)
        for lane in range(len(row)):
            here, last_way = tile[lane * _TILE : lane * _TILE + n], known.start[row[lane] + 1]
            way[lane] = _past_nodes(here, first, known, way[lane], last_way)
            at = n_found[lane]
            for j in range(n):  # written at once, counted if within: no branch to guess
                column[lane, at], ticks[lane, at] = first + j, here[j]
                at += here[j] <= longest
            n_found[lane] = at
    return n_found


@njit(cache=True, nogil=True)
def _past_nodes(here: Array, first: int, known: Pairs, way: int, last: int) -> int:
    """Shorten times by known ways; give the first way to a later target."""
    while way < last and known.column[way] < first + len(here):
        j = known.column[way] - first
        here[j] = min(here[j], known.ticks[way])
        way += 1
    return way
