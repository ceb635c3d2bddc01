# SPDX-License-Identifier: Apache-2.0
"""Many searches at once, in blocks over threads. The thread count never changes a number."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.progress import Progress, quiet
from goldenhour.times.kernels import reach
from goldenhour.times.kernels.reach import FAR, Pairs, Points, Rows
from goldenhour.times.ticks import limit_ticks, shown

_Part = TypeVar("_Part")
_Place = TypeVar("_Place")
_BLOCK = 4
_STEP = "Travel times"
N_THREADS = os.cpu_count() or 1

Ints = NDArray[np.int32]


class Found(NamedTuple):
    """Pairs of some sources: which sources, how many each, then all targets and ticks in turn."""

    row: NDArray[np.int64]
    n: NDArray[np.int64]
    column: Ints
    ticks: Ints


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
    Measure every source against every target with one search per source.

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
    out = np.empty((len(sources.node), len(targets.node)), dtype=np.int32)
    fill(rows, sources, targets, limit=limit, out=out, progress=progress, n_threads=n_threads)
    return out


def fill(  # noqa: PLR0913 - the plain list of what a matrix needs, all by name
    rows: Rows,
    sources: Points,
    targets: Points,
    *,
    limit: int,
    out: NDArray[np.generic],
    progress: Progress = quiet,
    n_threads: int = N_THREADS,
) -> None:
    """
    Measure every source against every target into a given matrix.

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
    out
        Receives ticks (int32), seconds (float32) or whole seconds (uint16). Shape
        ``(n_sources, n_targets)``.
    progress
        Told after every block.
    n_threads
        Threads to use.
    """
    wanted = np.zeros(len(rows.start) - 1, dtype=np.uint8)
    wanted[targets.node[targets.node >= 0]] = 1
    stop = reach.until(limit, wanted)
    if stop.n_wanted == 0:
        out[:] = shown(np.array(FAR, dtype=np.int32), out.dtype)
        return

    def work(first: int, last: int, desk: reach.Desk) -> None:
        block = Points(sources.node[first:last], sources.ticks[first:last])
        ticks = np.empty((last - first, out.shape[1]), dtype=np.int32)
        reach.dense(rows, block, targets, stop, desk, ticks)
        out[first:last] = shown(ticks, out.dtype)

    shared = Workplaces(lambda: reach.desk(rows, sources, limit))
    for _ in in_blocks(shared.at(work), len(out), n_threads=n_threads, progress=progress):
        pass


def sparse(  # noqa: PLR0913 - the plain list of what a table needs, all by name
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
    List all pairs within a limit with one search per source.

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

    def work(first: int, last: int, desk: reach.Desk) -> Found:
        block = Points(sources.node[first:last], sources.ticks[first:last])
        ways = Pairs(by_hand.start[first : last + 1], by_hand.column, by_hand.ticks)
        part = reach.sparse(rows, block, targets, ways, reach.until(limit), desk)
        return Found(np.arange(first, last), *part)

    shared = Workplaces(lambda: reach.desk(rows, sources, limit))
    blocks = in_blocks(shared.at(work), n_sources, n_threads=n_threads, progress=progress)
    return joined(list(blocks), n_sources)


def joined(parts: list[Found], n_sources: int) -> Pairs:
    """
    Put the pairs of blocks into one table; empties the list.

    Parameters
    ----------
    parts
        Pairs of all sources, each source once, in any order.
    n_sources
        Number of sources.

    Returns
    -------
    pairs
        One row per source.
    """
    start = np.zeros(n_sources + 1, dtype=np.int64)
    for part in parts:
        start[part.row + 1] = part.n
    np.cumsum(start, out=start)
    column, ticks = np.empty(start[-1], dtype=np.int32), np.empty(start[-1], dtype=np.int32)
    parts.reverse()
    while parts:  # let go of each block once it is copied: the table is in memory once
        part = parts.pop()
        at = np.cumsum(part.n) - part.n
        for row, here, n in zip(part.row.tolist(), at.tolist(), part.n.tolist(), strict=True):
            column[start[row] : start[row + 1]] = part.column[here : here + n]
            ticks[start[row] : start[row + 1]] = part.ticks[here : here + n]
    return Pairs(start=start, column=column, ticks=ticks)


class Workplaces(Generic[_Place]):
    """
    Work arrays for as many threads as come, made once and used again.

    Parameters
    ----------
    make
        Makes clean ones.
    """

    def __init__(self, make: Callable[[], _Place]) -> None:
        self._make = make
        self._free: SimpleQueue[_Place] = SimpleQueue()

    def at(self, work: Callable[[int, int, _Place], _Part]) -> Callable[[int, int], _Part]:
        """
        Give every call of a function a place of its own.

        Parameters
        ----------
        work
            Leaves its place clean.

        Returns
        -------
        work
            Without the place.
        """

        def placed(first: int, last: int) -> _Part:
            try:
                place = self._free.get_nowait()
            except Empty:
                place = self._make()
            part = work(first, last, place)
            self._free.put(place)
            return part

        return placed


def apart(work: Callable[[], _Part]) -> _Part:
    """
    Run kernels that make arrays in a thread of their own.

    Numba hands arrays over with a few lines of Python in between; an interrupt just there ends
    the process. Interrupts reach the main thread only, so they find it waiting here.

    Parameters
    ----------
    work
        Calls them.

    Returns
    -------
    result
        What ``work`` gave.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def in_blocks(
    work: Callable[[int, int], _Part],
    n: int,
    *,
    size: int = _BLOCK,
    n_threads: int = N_THREADS,
    progress: Progress = quiet,
) -> Iterator[_Part]:
    """
    Run blocks of rows over threads and hand the parts back in order.

    Parameters
    ----------
    work
        Does the rows from the first to before the last.
    n
        Number of rows.
    size
        Rows of a block.
    n_threads
        Threads to use.
    progress
        Told after every block.

    Yields
    ------
    part
        What ``work`` gave.
    """
    firsts = range(0, n, size)
    pool = ThreadPoolExecutor(max_workers=max(n_threads, 1))
    try:
        futures = [pool.submit(work, first, min(first + size, n)) for first in firsts]
        for done, future in enumerate(futures, start=1):
            yield future.result()
            progress(_STEP, done, len(futures))
    finally:  # whoever interrupts waits for the open blocks only
        pool.shutdown(cancel_futures=True)


def spread(
    rows: Rows, seeds: Points, limit_s: float | None, *, tagging: int = reach.NO_TAG
) -> tuple[reach.Desk, int]:
    """
    Search once from all seeds.

    Parameters
    ----------
    rows
        The arcs.
    seeds
        Where to start.
    limit_s
        Limit in seconds, inclusive; None for no limit.
    tagging
        As in ``reach.search``.

    Returns
    -------
    desk, n_touched
        Ticks and tags of all nodes, and how many were reached.
    """
    limit = limit_ticks(limit_s)
    desk = reach.desk(rows, seeds, limit)
    n_touched = int(reach.search(rows, seeds, reach.until(limit), tagging, desk))
    return desk, n_touched
