# SPDX-License-Identifier: Apache-2.0
"""Many sources at once, in blocks over threads. The thread count never changes a number."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.progress import Progress, quiet
from goldenhour.times.kernels import reach
from goldenhour.times.kernels.reach import FAR, Pairs, Points, Rows

_Part = TypeVar("_Part")
_BLOCK = 16
_STEP = "Travel times"
N_THREADS = os.cpu_count() or 1


def points_at(node: NDArray[np.int32]) -> Points:
    """
    Take nodes themselves as points.

    Parameters
    ----------
    node
        Node numbers, -1 for none. Shape ``(n,)``.

    Returns
    -------
    points
        Shape ``(n, 1)``, no time to join.
    """
    column = np.ascontiguousarray(node, dtype=np.int32).reshape(-1, 1)
    return Points(node=column, ticks=np.zeros_like(column))


def no_pairs(n_rows: int) -> Pairs:
    """
    Know no way past the nodes.

    Parameters
    ----------
    n_rows
        Number of sources.

    Returns
    -------
    pairs
        Empty rows.
    """
    none = np.empty(0, dtype=np.int32)
    return Pairs(start=np.zeros(n_rows + 1, dtype=np.int64), column=none, ticks=none)


def dense(
    rows: Rows,
    sources: Points,
    targets: Points,
    *,
    limit: int,
    progress: Progress = quiet,
    n_threads: int = N_THREADS,
) -> NDArray[np.int32]:
    """
    Measure every source against every target.

    Parameters
    ----------
    rows
        The arcs.
    sources
        Where searches start.
    targets
        What they reach.
    limit
        Ticks, inclusive.
    progress
        Told after every block.
    n_threads
        Threads to use.

    Returns
    -------
    ticks
        ``FAR`` beyond the limit or unreachable. Shape ``(n_sources, n_targets)``.
    """
    n_sources, n_nodes = len(sources.node), len(rows.start) - 1
    out = np.full((n_sources, len(targets.node)), FAR, dtype=np.int32)
    wanted = np.zeros(n_nodes, dtype=np.uint8)
    wanted[targets.node[targets.node >= 0]] = 1
    stop = reach.until(limit, wanted)
    if stop.n_wanted == 0:
        return out

    def work(first: int, last: int) -> None:
        block = Points(sources.node[first:last], sources.ticks[first:last])
        desk = reach.desk(rows, block, limit)
        reach.dense(rows, block, targets, stop, desk, out[first:last])

    for _ in _in_blocks(work, n_sources, n_threads=n_threads, progress=progress):
        pass
    return out


def sparse(  # noqa: PLR0913 - the plain list of what one sweep needs, all by name
    rows: Rows,
    sources: Points,
    targets: Points,
    *,
    limit: int,
    known: Pairs | None = None,
    progress: Progress = quiet,
    n_threads: int = N_THREADS,
) -> Pairs:
    """
    List all pairs within a limit.

    Parameters
    ----------
    rows
        The arcs.
    sources
        Where searches start.
    targets
        What they reach.
    limit
        Ticks, inclusive.
    known
        Ways that pass no node, per source.
    progress
        Told after every block.
    n_threads
        Threads to use.

    Returns
    -------
    pairs
        One row per source, targets ascending.
    """
    n_sources = len(sources.node)
    by_hand = no_pairs(n_sources) if known is None else known

    def work(
        first: int, last: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        block = Points(sources.node[first:last], sources.ticks[first:last])
        ways = Pairs(by_hand.start[first : last + 1], by_hand.column, by_hand.ticks)
        found: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]] = reach.sparse(
            rows, block, targets, ways, reach.until(limit), reach.desk(rows, block, limit)
        )
        return found

    parts = list(_in_blocks(work, n_sources, n_threads=n_threads, progress=progress))
    start = np.zeros(n_sources + 1, dtype=np.int64)
    np.cumsum(np.concatenate([part[0] for part in parts] or [start[:0]]), out=start[1:])
    column, ticks = np.empty(start[-1], dtype=np.int32), np.empty(start[-1], dtype=np.int32)
    at = 0
    parts.reverse()
    while parts:  # let go of each block once it is copied: the matrix is in memory once
        _, found, taking = parts.pop()
        column[at : at + len(found)], ticks[at : at + len(found)] = found, taking
        at += len(found)
    return Pairs(start=start, column=column, ticks=ticks)


def _in_blocks(
    work: Callable[[int, int], _Part], n: int, *, n_threads: int, progress: Progress
) -> Iterator[_Part]:
    """Run blocks of rows over threads and hand the parts back in order."""
    firsts = range(0, n, _BLOCK)
    pool = ThreadPoolExecutor(max_workers=max(n_threads, 1))
    try:
        futures = [pool.submit(work, first, min(first + _BLOCK, n)) for first in firsts]
        for done, future in enumerate(futures, start=1):
            yield future.result()
            progress(_STEP, done, len(futures))
    finally:  # whoever interrupts waits for the open blocks only
        pool.shutdown(cancel_futures=True)
