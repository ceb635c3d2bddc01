# SPDX-License-Identifier: Apache-2.0
"""
Which engine measures many pairs: searches while they are cheap, the hierarchy when it pays.

Both give the same bits. The choice counts nodes that searches would settle; it looks at no clock,
so the same questions in the same order always take the same way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.progress import Progress, quiet
from goldenhour.times import many
from goldenhour.times.holders import Direction, Weights
from goldenhour.times.kernels import reach
from goldenhour.times.kernels.reach import Pairs, Points
from goldenhour.times.many import N_THREADS
from goldenhour.times.ticks import shown

if TYPE_CHECKING:  # its kernels load when somebody needs them
    from goldenhour.times.sweep import Sweep

# What the hierarchy costs, in settled nodes per node of the network (benchmarks/times). Ordering
# costs 40, but whoever measures a matrix measures another, so a share of it is enough.
_ORDERING, _CUSTOMISING, _SELECTING, _SWEEPING = 12, 2, 0.7, 0.12
_LOADING = 3_000_000
_LANES = 16
_BLOCK_BYTES = 1 << 26


def dense(  # noqa: PLR0913 - a question in full, all by name
    weights: Weights,
    start: Points,
    end: Points,
    *,
    limit: int,
    dtype: DTypeLike = np.int32,
    progress: Progress = quiet,
    n_threads: int = N_THREADS,
) -> NDArray[np.generic]:
    """
    Measure every start against every end.

    Parameters
    ----------
    weights
        Arcs and times.
    start
        Where ways start. Shape ``(n_start, k)``.
    end
        Where they end. Shape ``(n_end, k)``.
    limit
        Ticks, inclusive.
    dtype
        int32 for ticks, float32 for seconds, uint16 for whole seconds rounded up.
    progress
        Told after every block.
    n_threads
        Threads to use.

    Returns
    -------
    times
        Shape ``(n_start, n_end)``; in Fortran order if there are more starts than ends.

    Raises
    ------
    InputError
        If the matrix does not fit into memory.
    """
    is_turned = len(start.node) > len(end.node)
    direction = Direction.ARRIVING if is_turned else Direction.LEAVING
    sources, targets = (end, start) if is_turned else (start, end)
    shape = len(sources.node), len(targets.node)
    with _fitting(shape, np.dtype(dtype)):
        out: NDArray[np.generic] = np.empty(shape, dtype=dtype)
        if not sources.node.size or not targets.node.size:
            out[:] = shown(np.array(reach.FAR, dtype=np.int32), dtype)
        elif pays(weights, direction, sources, limit=limit):
            sweep = _sweep(weights, direction, sources, targets, limit=limit)
            sweep.dense(out, progress=progress, n_threads=n_threads)
        else:
            rows = weights.rows(direction)
            many.fill(
                rows, sources, targets, limit=limit, out=out, progress=progress, n_threads=n_threads
            )
    return out.T if is_turned else out


def blocks(
    weights: Weights,
    start: Points,
    end: Points,
    *,
    limit: int,
    dtype: DTypeLike,
    n_threads: int = N_THREADS,
) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """
    Measure every start against every end, some starts at a time.

    Parameters
    ----------
    weights
        Arcs and times.
    start
        Where ways start. Shape ``(n_start, k)``.
    end
        Where they end. Shape ``(n_end, k)``.
    limit
        Ticks, inclusive.
    dtype
        As in ``dense``.
    n_threads
        Threads to use.

    Yields
    ------
    first, times
        First row of the block, and its times. Shape ``(n_rows, n_end)``.
    """
    row_bytes = max(len(end.node) * np.dtype(dtype).itemsize, 1)
    whole = _LANES * max(n_threads, 1)  # every thread has its lanes full
    n_rows = max(_BLOCK_BYTES // row_bytes // whole, 1) * whole
    for first in range(0, len(start.node), n_rows):
        part = Points(start.node[first : first + n_rows], start.ticks[first : first + n_rows])
        yield first, dense(weights, part, end, limit=limit, dtype=dtype, n_threads=n_threads)


def pairs(  # noqa: PLR0913 - a question in full, all by name
    weights: Weights,
    sources: Points,
    targets: Points,
    *,
    direction: Direction,
    limit: int,
    known: Pairs | None = None,
    progress: Progress = quiet,
    n_threads: int = N_THREADS,
) -> Pairs:
    """
    List all pairs within a limit.

    Parameters
    ----------
    weights
        Arcs and times.
    sources
        Rows of the table. Shape ``(n_sources, k)``.
    targets
        Its columns. Shape ``(n_targets, k)``.
    direction
        ``LEAVING`` from sources to targets, ``ARRIVING`` from targets to sources.
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
    has_both = bool(sources.node.size and targets.node.size)
    if has_both and pays(weights, direction, sources, limit=limit):
        sweep = _sweep(weights, direction, sources, targets, limit=limit)
        return sweep.sparse(known=known, progress=progress, n_threads=n_threads)
    return many.sparse(
        weights.rows(direction),
        sources,
        targets,
        limit=limit,
        known=known,
        progress=progress,
        n_threads=n_threads,
    )


def pays(weights: Weights, direction: Direction, sources: Points, *, limit: int) -> bool:
    """
    Choose the hierarchy, or count what the searches will settle.

    Searches go on until they have cost a good part of what the hierarchy would. A network too
    dense for one is searched for ever.

    Parameters
    ----------
    weights
        Arcs and times.
    direction
        Which way.
    sources
        Where searches would start.
    limit
        Ticks, inclusive.

    Returns
    -------
    pays
        True for the hierarchy.
    """
    topology, n_sources = weights.topology, len(sources.node)
    n_settled = n_sources * topology.n_nodes
    price = _price(weights, n_sources)
    if limit < reach.LONGEST and n_settled > price:
        n_settled = n_sources * _settled_by_one(weights.rows(direction), sources, limit)
    if n_settled > price and topology.has_hierarchy():
        return True
    with topology.lock:
        topology.n_settled += n_settled
        weights.n_settled += n_settled
    return False


def _price(weights: Weights, n_sources: int) -> float:
    """Count the nodes that searches might settle for what the hierarchy still costs."""
    topology = weights.topology
    per_node = _SELECTING + _SWEEPING * -(-n_sources // _LANES)
    if weights.is_customised:
        return per_node * topology.n_nodes
    per_node += _CUSTOMISING
    if topology.hierarchy is not None:
        return per_node * topology.n_nodes - weights.n_settled
    return (per_node + _ORDERING) * topology.n_nodes + _LOADING - topology.n_settled


def _settled_by_one(rows: reach.Rows, sources: Points, limit: int) -> int:
    """Search from the first and the middle source; the larger area stands for all."""
    desk, most = reach.desk(rows, sources, limit), 0
    for i in (0, len(sources.node) // 2):
        seed = Points(sources.node[i : i + 1], sources.ticks[i : i + 1])
        n_touched = reach.search(rows, seed, reach.until(limit), reach.NO_TAG, desk)
        reach.clean(desk, n_touched)
        most = max(most, int(n_touched))
    return most


def _sweep(
    weights: Weights, direction: Direction, sources: Points, targets: Points, *, limit: int
) -> "Sweep":
    """Select, weigh and prepare."""
    from goldenhour.times.sweep import Sweep  # noqa: PLC0415 - loads kernels

    selection = weights.topology.selection(targets.node)
    return Sweep.of(
        weights.way(direction),
        selection,
        weights.down(direction, selection),
        sources=sources,
        step=targets.ticks,
        limit=limit,
    )


@contextmanager
def _fitting(shape: tuple[int, int], dtype: np.dtype[np.generic]) -> Iterator[None]:
    """Say what does not fit into memory."""
    try:
        yield
    except MemoryError:
        size_gb = shape[0] * shape[1] * dtype.itemsize / 1e9
        raise InputError(
            f"A matrix of {shape[0]:,} x {shape[1]:,} travel times ({size_gb:.1f} GB) does not fit "
            "into memory.",
            where="origins, destinations",
            do="Ask for travel_time_blocks, or for fewer places at once.",
            code="GH131",
        ) from None
