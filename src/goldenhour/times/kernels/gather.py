# SPDX-License-Identifier: Apache-2.0
"""From lanes of targets to rows of a matrix, or to lists of pairs; compiled."""

import numpy as np
from numba import njit, types

from goldenhour.times.kernels.lanes import (
    CLOSED,
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
from goldenhour.times.kernels.reach import FAR, TICKS_PER_S, Entries, Pairs

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
def pairs(
    found: Array,
    entries: Entries,
    known: Pairs,
    limit: int,
    row: Array,
    best: Array,
) -> tuple[Array, Array, Array]:
    """
    List the pairs of a block within the limit.

    Parameters
    ----------
    found
        Rows of targets. Shape ``((n_lines + 2) * 16,)``, int32.
    entries
        Which targets step off where.
    known
        Ways that pass no node, per source; the shorter way counts.
    limit
        Ticks, inclusive.
    row
        Source of each lane in use. Shape ``(n_lanes,)``, int64.
    best
        All ``CLOSED``, and clean again afterwards. Shape ``(n_targets, 16)``, int32.

    Returns
    -------
    n_found, column, ticks
        Pairs of each lane, shape ``(n_lanes,)``; then all pairs, lane after lane, columns
        ascending: int32 targets and int32 ticks.
    """
    is_met = np.zeros(len(best), dtype=np.uint8)
    for line in range(len(entries.start) - 1):
        lanes = found[line * LANES : (line + 1) * LANES]
        if lanes.min() > limit:
            continue
        for at in range(entries.start[line], entries.start[line + 1]):
            target, step = entries.target[at], entries.ticks[at]
            is_met[target] = 1
            for lane in range(LANES):
                best[target, lane] = min(best[target, lane], np.int32(lanes[lane] + step))
    for lane in range(len(row)):
        for at in range(known.start[row[lane]], known.start[row[lane] + 1]):
            is_met[known.column[at]] = 1
            held = best[known.column[at], lane]
            best[known.column[at], lane] = min(held, known.ticks[at])
    return _listed(best, is_met, limit, len(row))


@njit(cache=True, nogil=True)
def _listed(best: Array, is_met: Array, limit: int, n_lanes: int) -> tuple[Array, Array, Array]:
    """List what is within the limit, lane after lane, and clean up."""
    n_found = np.zeros(n_lanes, dtype=np.int64)
    met = np.flatnonzero(is_met)
    for target in met:
        for lane in range(n_lanes):
            n_found[lane] += best[target, lane] <= limit
    at = np.cumsum(n_found) - n_found
    column = np.empty(n_found.sum(), dtype=np.int32)
    ticks = np.empty(len(column), dtype=np.int32)
    for target in met:
        for lane in range(n_lanes):
            if best[target, lane] <= limit:
                column[at[lane]], ticks[at[lane]] = target, best[target, lane]
                at[lane] += 1
        best[target, :] = CLOSED
    return n_found, column, ticks
