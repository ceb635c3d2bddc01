# SPDX-License-Identifier: Apache-2.0
"""A customisable contraction hierarchy: shortcuts for one topology, whatever the streets take."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times import order
from goldenhour.times.kernels import complete as completion
from goldenhour.times.kernels import customise as weights
from goldenhour.times.kernels.complete import LOOP, Chordal
from goldenhour.times.order import OrderedBy

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Arrays = Mapping[str, NDArray[np.generic]]

_MOST_PER_PART = 32  # streets have 2 to 4 shortcuts an arc; a large grid 7
_MOST_SMALL = 4_000_000
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """
    What rests on the topology alone; closed streets are in it like all others.

    Parameters
    ----------
    chordal
        Nodes by rank, and all shortcuts.
    shortcut
        Shortcut over which each arc lies: its number upwards, ``~number`` downwards, ``LOOP`` where
        an arc ends where it starts. Shape ``(n_arcs,)``, int32.
    checksum
        Of the topology.
    ordered_by
        Where the order came from; it changes no travel time.
    """

    chordal: Chordal
    shortcut: Ints
    checksum: str
    ordered_by: OrderedBy

    @classmethod
    def build(  # noqa: PLR0913 - one array per field, all by name
        cls,
        *,
        n_nodes: int,
        tail: Ints,
        head: Ints,
        x: Floats,
        y: Floats,
        by: OrderedBy | None = None,
        rank: Ints | None = None,
    ) -> "Hierarchy":
        """
        Order the nodes and fill in all shortcuts.

        Parameters
        ----------
        n_nodes
            Number of nodes.
        tail
            Start nodes of the arcs. Shape ``(n_arcs,)``.
        head
            End nodes. Shape ``(n_arcs,)``.
        x
            Eastings in metres, or longitudes shortened to the same unit as ``y``. Shape
            ``(n_nodes,)``.
        y
            Northings in metres, or latitudes. Shape ``(n_nodes,)``.
        by
            Who orders; the best that is installed if left out.
        rank
            An order of one's own, instead.

        Returns
        -------
        hierarchy
            To be weighed.

        Raises
        ------
        InputError
            If the graph is so dense that the shortcuts would fill the memory.
        """
        ordered_by = by or order.best_order()
        if rank is None:
            rank = order.rank_nodes(tail=tail, head=head, x=x, y=y, by=ordered_by)
        most = max(_MOST_PER_PART * (n_nodes + len(tail)), _MOST_SMALL)
        start, up, parent = completion.complete(tail, head, rank, min(most, LOOP - 1))
        if len(parent) != len(rank):
            raise InputError(
                "This network is too dense for a hierarchy: it has no small cuts.",
                where=f"{n_nodes} nodes, {len(tail)} arcs",
                do="Search it without one; grids belong to the open-ground search.",
                code="GH127",
            )
        node = np.empty_like(rank)
        node[rank] = np.arange(len(rank), dtype=np.int32)
        chordal = Chordal(rank=rank, node=node, start=start, head=up, parent=parent)
        return cls(
            chordal=chordal,
            shortcut=completion.place(tail, head, chordal),
            checksum=topology_checksum(n_nodes=n_nodes, tail=tail, head=head),
            ordered_by=ordered_by,
        )

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.chordal.rank)

    @property
    def n_shortcuts(self) -> int:
        """Number of shortcuts, streets' own included."""
        return len(self.chordal.head)

    def weigh(self, ticks: Ints) -> "Weighted":
        """
        Work out all shortcuts for one set of travel times.

        Parameters
        ----------
        ticks
            Ticks of every arc, closed from ``lanes.CLOSED`` on. Shape ``(n_arcs,)``.

        Returns
        -------
        weighted
            Ready to be asked.

        Raises
        ------
        InputError
            If there are not as many ticks as arcs.
        """
        if ticks.shape != self.shortcut.shape:
            raise InputError("One time per arc is needed.", where="ticks", code="GH125")
        up, down = weights.lay(self.shortcut, ticks, self.n_shortcuts)
        weights.customise(self.chordal, up, down)
        return Weighted(hierarchy=self, up=up, down=down)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """
        Give what has to be kept to have the hierarchy again.

        Returns
        -------
        arrays
            By name, for ``from_arrays``.
        """
        return {
            "rank": self.chordal.rank,
            "start": self.chordal.start,
            "head": self.chordal.head,
            "parent": self.chordal.parent,
            "shortcut": self.shortcut,
            "checksum": np.array(self.checksum),
            "ordered_by": np.array(self.ordered_by.value),
            "format": np.array(_FORMAT),
            "seal": np.array(_seal(self)),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Hierarchy":
        """
        Take a hierarchy that was kept.

        Parameters
        ----------
        arrays
            What ``to_arrays`` gave.

        Returns
        -------
        hierarchy
            The same.

        Raises
        ------
        InputError
            If anything is missing or was altered.
        """
        try:
            known = int(arrays["format"]) == _FORMAT
            rank = np.ascontiguousarray(arrays["rank"], dtype=np.int32)
            node = np.empty_like(rank)
            node[rank] = np.arange(len(rank), dtype=np.int32)
            hierarchy = cls(
                chordal=Chordal(
                    rank=rank,
                    node=node,
                    start=np.ascontiguousarray(arrays["start"], dtype=np.int64),
                    head=np.ascontiguousarray(arrays["head"], dtype=np.int32),
                    parent=np.ascontiguousarray(arrays["parent"], dtype=np.int32),
                ),
                shortcut=np.ascontiguousarray(arrays["shortcut"], dtype=np.int32),
                checksum=str(arrays["checksum"]),
                ordered_by=OrderedBy(str(arrays["ordered_by"])),
            )
            sound = known and str(arrays["seal"]) == _seal(hierarchy)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise _altered() from error
        if not sound:
            raise _altered()
        return hierarchy


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """
    A hierarchy with the travel times of one moment.

    Parameters
    ----------
    hierarchy
        Its topology.
    up
        Ticks from lower to higher rank, ``lanes.CLOSED`` where closed. Shape
        ``(n_shortcuts,)``, int32.
    down
        Ticks from higher to lower rank. Shape ``(n_shortcuts,)``, int32.
    """

    hierarchy: Hierarchy
    up: Ints
    down: Ints


def topology_checksum(*, n_nodes: int, tail: Ints, head: Ints) -> str:
    """
    Name a topology.

    Parameters
    ----------
    n_nodes
        Number of nodes.
    tail
        Start nodes of the arcs. Shape ``(n_arcs,)``.
    head
        End nodes. Shape ``(n_arcs,)``.

    Returns
    -------
    checksum
        Hexadecimal; the same for the same arcs in the same order.
    """
    digest = hashlib.blake2b(np.array([n_nodes, len(tail)], dtype="<i8").tobytes(), digest_size=16)
    for ends in (tail, head):
        digest.update(np.ascontiguousarray(ends, dtype="<i4").data)
    return digest.hexdigest()


def _seal(hierarchy: Hierarchy) -> str:
    """Digest every number of a hierarchy."""
    digest = hashlib.blake2b(hierarchy.checksum.encode(), digest_size=16)
    chordal = hierarchy.chordal
    for array in (chordal.rank, chordal.start, chordal.head, chordal.parent, hierarchy.shortcut):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _altered() -> InputError:
    """Say that what was kept is not what was given."""
    return InputError(
        "The kept hierarchy is damaged or of another version.",
        where="hierarchy",
        do="Delete it; it is made again from the streets.",
        code="GH128",
    )
