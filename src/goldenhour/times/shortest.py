# SPDX-License-Identifier: Apache-2.0
"""The quickest way between two nodes, arc by arc, in microseconds: what a hierarchy is good for."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times.hierarchy import Hierarchy, Weighted
from goldenhour.times.kernels import unpack as kernel
from goldenhour.times.kernels.lanes import CLOSED
from goldenhour.times.kernels.reach import FAR

Ints = NDArray[np.int32]


class Shortest(NamedTuple):
    """
    The quickest way, or none.

    Parameters
    ----------
    arcs
        Arcs in order; none if unreachable or already there. Shape ``(n,)``, int32.
    ticks
        Ticks of 1/64 s they take together, ``reach.FAR`` if unreachable.
    """

    arcs: Ints
    ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """
    A hierarchy with what it takes to take shortcuts apart; good for any weights, by any thread.

    Parameters
    ----------
    hierarchy
        The hierarchy.
    below
        Its rows turned round, 16 bytes a shortcut and 4 an arc.
    """

    hierarchy: Hierarchy
    below: kernel.Below

    @classmethod
    def of(cls, hierarchy: Hierarchy) -> "Finder":
        """
        Turn the rows of a hierarchy round.

        Parameters
        ----------
        hierarchy
            The hierarchy.

        Returns
        -------
        finder
            Ready to find.
        """
        found = kernel.below(hierarchy.chordal, hierarchy.shortcut)
        return cls(hierarchy=hierarchy, below=found)

    def way(self, weighted: Weighted, ticks: Ints, from_node: int, to_node: int) -> Shortest:
        """
        Find the quickest way; of equal ways the same one every time with the same hierarchy.

        Parameters
        ----------
        weighted
            The hierarchy with the times of ``ticks``.
        ticks
            Ticks of every arc. Shape ``(n_arcs,)``, int32.
        from_node
            Start node.
        to_node
            End node.

        Returns
        -------
        shortest
            ``(arcs, ticks)``.

        Raises
        ------
        InputError
            If a node is not in the network, or the weights were not worked out from these ticks.
        """
        chordal = self.hierarchy.chordal
        for node, where in ((from_node, "from_node"), (to_node, "to_node")):
            if not 0 <= node < len(chordal.rank):
                raise InputError(f"Node {node} is not in the network.", where=where, code="GH124")
        if ticks.shape != self.hierarchy.shortcut.shape:
            raise InputError("One time per arc is needed.", where="ticks", code="GH125")
        ends = chordal.rank[from_node], chordal.rank[to_node]
        total, steps = kernel.shortcuts(chordal, weighted.up, weighted.down, *ends)
        if total >= CLOSED:
            return Shortest(arcs=np.empty(0, dtype=np.int32), ticks=FAR)
        arcs, is_whole = kernel.unpack(
            chordal,
            self.below,
            weighted.up,
            weighted.down,
            self.hierarchy.shortcut,
            ticks,
            steps,
        )
        if not is_whole:
            raise InputError(
                "These times are not those the hierarchy was weighed with.",
                where="ticks",
                do="Weigh the hierarchy with them first.",
                code="GH129",
            )
        return Shortest(arcs=arcs, ticks=int(total))
