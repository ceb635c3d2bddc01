# SPDX-License-Identifier: Apache-2.0
"""Whole matrices over a customised hierarchy: 16 sources in one pass, blocks over threads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.progress import Progress, quiet
from goldenhour.times.kernels import branches, gather
from goldenhour.times.kernels import sweep as kernel
from goldenhour.times.kernels.branches import Branches
from goldenhour.times.kernels.complete import Chordal
from goldenhour.times.kernels.lanes import CLOSED, LANES
from goldenhour.times.kernels.reach import Pairs, Points
from goldenhour.times.many import N_THREADS, Found, Workplaces, apart, in_blocks, joined, no_pairs

Ints = NDArray[np.int32]
_Part = TypeVar("_Part")

_WRITERS = {
    np.dtype(np.int32): gather.in_ticks,
    np.dtype(np.float32): gather.in_seconds,
    np.dtype(np.uint16): gather.in_whole_seconds,
}


class Selection(NamedTuple):
    """
    Targets, and the part of the hierarchy that leads to them; good for any weights.

    Parameters
    ----------
    branches
        The part, in the order of the way down.
    place
        Line of each entry of each target; none is ``n_lines + 1``. Shape ``(n_targets, k)``,
        uint32.
    """

    branches: Branches
    place: NDArray[np.uint32]

    @property
    def n_lines(self) -> int:
        """Number of distinct nodes among the targets."""
        return int(self.branches.line[-1])


class Way(NamedTuple):
    """
    A weighted hierarchy in one direction.

    Parameters
    ----------
    chordal
        Its topology.
    up
        Ticks from lower to higher rank, ``CLOSED`` where closed. Shape ``(n_up,)``, int32.
    down
        Ticks from higher to lower rank. Shape ``(n_up,)``, int32.
    """

    chordal: Chordal
    up: Ints
    down: Ints


def select(chordal: Chordal, node: Ints) -> Selection:
    """
    Select what leads to targets.

    Parameters
    ----------
    chordal
        The hierarchy.
    node
        Nodes where targets step off, -1 for none. Shape ``(n_targets, k)``.

    Returns
    -------
    selection
        For sweeps to these targets.
    """
    rank = _ranks(chordal, node)
    tree = chordal.start, chordal.head, chordal.parent
    part = Branches(*apart(lambda: branches.select(*tree, rank.ravel())))
    n_lines = int(part.line[-1])
    line = part.line[part.local[rank]] if len(part.rank) else np.zeros_like(rank)
    place = np.where(rank >= 0, line, n_lines + 1).astype(np.uint32)
    return Selection(branches=part, place=place)


def weigh(way: Way, selection: Selection) -> Ints:
    """
    Take the weights of a selection.

    Parameters
    ----------
    way
        The weighted hierarchy.
    selection
        Targets.

    Returns
    -------
    down
        Ticks of its arcs. Shape ``(m,)``.
    """
    part = selection.branches
    found: Ints = apart(lambda: branches.weigh(way.chordal.start, way.down, part.rank, part.first))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """
    Everything about one matrix: sources, targets, weights, limit.

    Parameters
    ----------
    way
        The weighted hierarchy.
    selection
        The targets' part of it.
    down
        Its weights. Shape ``(m,)``.
    node
        Ranks of the sources' entries, -1 for none. Shape ``(n_sources, k)``, int32.
    ticks
        Ticks to join there. Shape ``(n_sources, k)``, int32.
    step
        Ticks from the targets' entries to the targets. Shape ``(n_targets, k)``, int32.
    order
        Sources by rank: neighbours share their way up, and stay out of the same far branches.
        Shape ``(n_sources,)``.
    limit
        Ticks, inclusive.
    """

    way: Way
    selection: Selection
    down: Ints
    node: Ints
    ticks: Ints
    step: Ints
    order: NDArray[np.int64]
    limit: int

    @classmethod
    def of(
        cls, way: Way, selection: Selection, down: Ints, *, sources: Points, step: Ints, limit: int
    ) -> Self:
        """
        Prepare a matrix.

        Parameters
        ----------
        way
            The weighted hierarchy.
        selection
            The targets' part of it.
        down
            Its weights, as ``weigh`` takes them.
        sources
            Where sources join. Shape ``(n_sources, k)``.
        step
            Ticks from the targets' entries to the targets. Shape ``(n_targets, k)``.
        limit
            Ticks, inclusive.

        Returns
        -------
        sweep
            Ready to run.
        """
        node = _ranks(way.chordal, sources.node)
        return cls(
            way=way,
            selection=selection,
            down=down,
            node=node,
            ticks=np.minimum(sources.ticks, np.int32(CLOSED)),
            step=np.minimum(step, np.int32(CLOSED)),
            order=np.argsort(node.max(axis=1, initial=-1), kind="stable"),
            limit=limit,
        )

    def dense(
        self,
        out: NDArray[np.generic],
        *,
        progress: Progress = quiet,
        n_threads: int = N_THREADS,
    ) -> None:
        """
        Measure every source against every target.

        Parameters
        ----------
        out
            Receives ticks (int32), seconds (float32) or whole seconds (uint16). Shape
            ``(n_sources, n_targets)``.
        progress
            Told after every block.
        n_threads
            Threads to use.
        """
        write = _WRITERS[out.dtype]
        place, step = self.selection.place.ravel(), self.step.ravel()

        def work(first: int, last: int, desk: _Desk) -> None:
            row = self.order[first:last]
            self._run(row, desk)
            write(desk.found, place, step, self.limit, row, out)

        for _ in self._in_blocks(work, progress=progress, n_threads=n_threads):
            pass

    def sparse(
        self,
        *,
        known: Pairs | None = None,
        progress: Progress = quiet,
        n_threads: int = N_THREADS,
    ) -> Pairs:
        """
        List all pairs within the limit.

        Parameters
        ----------
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
        by_hand = no_pairs(len(self.node)) if known is None else known
        place, step = self.selection.place.ravel(), self.step.ravel()

        def work(first: int, last: int, desk: _Desk) -> Found:
            row = self.order[first:last]
            self._run(row, desk)
            column, ticks = desk.lists_of(len(self.step))
            n = gather.pairs(
                *(desk.found, place, step, by_hand, self.limit, row),
                *(column, ticks),
            )
            column, ticks = (
                np.concatenate([one[: n[lane]] for lane, one in enumerate(side[: len(n)])])
                for side in (column, ticks)
            )
            return Found(row, n, column, ticks)

        blocks = self._in_blocks(work, progress=progress, n_threads=n_threads)
        return joined(list(blocks), len(self.node))

    def _in_blocks(
        self,
        work: Callable[[int, int, "_Desk"], _Part],
        *,
        progress: Progress,
        n_threads: int,
    ) -> Iterator[_Part]:
        """Run blocks of 16 sources over threads."""
        places = Workplaces(lambda: _Desk.of(self))
        return in_blocks(
            places.at(work), len(self.node), size=LANES, n_threads=n_threads, progress=progress
        )

    def _run(self, row: NDArray[np.int64], desk: "_Desk") -> None:
        """Bring the times from up to 16 sources to all lines."""
        way, part = self.way, self.selection.branches
        node, stretch = self.node[row], np.empty(self.node.shape[1] * len(row) + 1, dtype=np.int64)
        n_met = kernel.board(way.chordal.parent, node, desk.slot, desk.chain, stretch)
        chain, lift = desk.chain[:n_met], desk.rows_for(n_met)
        kernel.seat(node, self.ticks[row], desk.slot, lift)
        kernel.climb(way.chordal.start, way.chordal.head, way.up, chain, desk.slot, stretch, lift)
        kernel.hand_over(chain, desk.slot, part.local, desk.seed)
        kernel.sweep(
            *(part.first, part.level, self.down, part.depth, part.end, part.line),
            *(desk.seed, lift, self.limit, desk.branch, desk.lowest, desk.found),
        )
        kernel.clean(chain, desk.slot, part.local, desk.seed)


@dataclass(slots=True, kw_only=True)
class _Desk:
    """Work arrays of one thread; clean is: ``slot`` and ``seed`` are 0, the last line closed."""

    slot: NDArray[np.uint32]
    chain: Ints
    lift: Ints
    seed: NDArray[np.uint32]
    branch: Ints
    lowest: Ints
    found: Ints
    lists: Ints

    @classmethod
    def of(cls, sweep: Sweep) -> Self:
        """Make clean ones."""
        part, n_nodes = sweep.selection.branches, len(sweep.way.chordal.rank)
        found = np.empty((sweep.selection.n_lines + 2) * LANES, dtype=np.int32)
        found[-LANES:] = CLOSED
        return cls(
            slot=np.zeros(n_nodes, dtype=np.uint32),
            chain=np.empty(n_nodes, dtype=np.int32),
            lift=np.empty(0, dtype=np.int32),
            seed=np.zeros(len(part.rank), dtype=np.uint32),
            branch=np.empty(part.deepest * LANES, dtype=np.int32),
            lowest=np.empty(part.deepest, dtype=np.int32),
            found=found,
            lists=np.empty((2, LANES, 0), dtype=np.int32),
        )

    def rows_for(self, n_met: int) -> Ints:
        """Give one row for nobody and one for each ancestor."""
        n = (n_met + 1) * LANES
        if len(self.lift) < n:
            self.lift = np.empty(2 * n, dtype=np.int32)
        return self.lift[:n]

    def lists_of(self, n_targets: int) -> Ints:
        """Give room for all pairs of a block, and one more: targets and ticks."""
        if self.lists.shape[2] != n_targets + 1:
            self.lists = np.empty((2, LANES, n_targets + 1), dtype=np.int32)
        return self.lists


def _ranks(chordal: Chordal, node: Ints) -> Ints:
    """Give nodes by rank; none stays -1."""
    if not len(chordal.rank):
        return np.full(node.shape, -1, dtype=np.int32)
    return np.where(node >= 0, chordal.rank[node], np.int32(-1))
