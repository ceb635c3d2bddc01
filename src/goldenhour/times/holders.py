# SPDX-License-Identifier: Apache-2.0
"""
What a network works out once and keeps: rows, hierarchy, selected targets, customised weights.

Everything is made when it is first needed. Networks that differ in their times only share one
``Topology``; nothing in it depends on times.
"""

from collections.abc import Callable
from enum import StrEnum
from hashlib import blake2b
from queue import Empty, SimpleQueue
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times.kernels import reach
from goldenhour.times.kernels.reach import Points, Rows
from goldenhour.times.many import apart

if TYPE_CHECKING:  # the hierarchy's kernels load when somebody needs them
    from goldenhour.times.hierarchy import Hierarchy
    from goldenhour.times.sweep import Selection, Way

Ints = NDArray[np.int32]

_MOST_KEPT, _MOST_BYTES = 8, 1 << 28
_MOST_LON, _MOST_LAT = 180, 90


class Direction(StrEnum):
    """Which way a search follows the arcs."""

    LEAVING = "leaving"
    ARRIVING = "arriving"

    @property
    def other(self) -> "Direction":
        """The opposite."""
        return Direction.ARRIVING if self is Direction.LEAVING else Direction.LEAVING


class Recent:
    """The last few things made, the oldest let go first; not more than they may weigh."""

    def __init__(self) -> None:
        self._kept: dict[object, tuple[Any, int]] = {}

    def get(self, key: object, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - it keeps anything
        """
        Look up, or make.

        Parameters
        ----------
        key
            What it is made from.
        make
            Makes it.

        Returns
        -------
        thing
            The one kept.
        """
        thing, n_bytes = self._kept.pop(key, (None, 0))
        if thing is None:
            thing = make()
            n_bytes = _n_bytes(thing)
        self._kept[key] = thing, n_bytes
        while len(self._kept) > 1 and (
            len(self._kept) > _MOST_KEPT
            or sum(size for _, size in self._kept.values()) > _MOST_BYTES
        ):
            self._kept.pop(next(iter(self._kept)))
        return thing


def _n_bytes(thing: object) -> int:
    """Weigh arrays, also in tuples of tuples."""
    if isinstance(thing, tuple):
        return sum(_n_bytes(part) for part in thing)
    return int(getattr(thing, "nbytes", 0))


class Topology:
    """
    Arcs without times, and what follows from them.

    Parameters
    ----------
    tail
        Start node of each arc. Shape ``(n_arcs,)``.
    head
        End node of each arc. Shape ``(n_arcs,)``.
    x
        Eastings in metres or longitudes in degrees. Shape ``(n_nodes,)``.
    y
        Northings in metres or latitudes in degrees. Shape ``(n_nodes,)``.
    """

    def __init__(
        self, tail: Ints, head: Ints, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> None:
        self.tail, self.head, self.x, self.y = tail, head, x, y
        self.hierarchy: Hierarchy | None = None
        self.is_too_dense = False
        self.n_settled = 0
        self._fresh()

    def _fresh(self) -> None:
        self.lock = RLock()
        self._rows: dict[Direction, tuple[NDArray[np.int64], Ints, Ints]] = {}
        self._selections = Recent()

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in {"lock", "_rows", "_selections"}
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._fresh()

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    def rows(self, direction: Direction) -> tuple[NDArray[np.int64], Ints, Ints]:
        """
        Sort the arcs by the end at which a search meets them.

        Parameters
        ----------
        direction
            Which way.

        Returns
        -------
        start, node, arc
            Compressed rows, the far ends, and arc numbers.
        """
        with self.lock:
            if direction not in self._rows:
                ends = self.tail, self.head
                near, far = ends if direction is Direction.LEAVING else ends[::-1]
                start, arc = apart(lambda: reach.order(near, self.n_nodes))
                self._rows[direction] = start, far[arc], arc
            return self._rows[direction]

    def has_hierarchy(self) -> bool:
        """
        Build the hierarchy if that can be done.

        Returns
        -------
        has_hierarchy
            False if the network is too dense for one.
        """
        if not self.is_too_dense:
            try:
                self.built()
            except InputError:
                self.is_too_dense = True
        return not self.is_too_dense

    def built(self) -> "Hierarchy":
        """
        Build the hierarchy, once.

        Returns
        -------
        hierarchy
            The one everybody shares.

        Raises
        ------
        InputError
            If the network is too dense for one.
        """
        from goldenhour.times.hierarchy import Hierarchy  # noqa: PLC0415 - loads kernels

        with self.lock:
            if self.hierarchy is None:
                self.hierarchy = apart(
                    lambda: Hierarchy.build(
                        n_nodes=self.n_nodes,
                        tail=self.tail,
                        head=self.head,
                        x=_shortened(self.x, self.y),
                        y=self.y,
                    )
                )
            return self.hierarchy

    def take(self, hierarchy: "Hierarchy") -> "Hierarchy":
        """
        Take a hierarchy that was built before.

        Parameters
        ----------
        hierarchy
            Of these very arcs.

        Returns
        -------
        hierarchy
            The one everybody shares.

        Raises
        ------
        InputError
            If it is of other arcs.
        """
        from goldenhour.times.hierarchy import topology_checksum  # noqa: PLC0415 - loads kernels

        mine = topology_checksum(n_nodes=self.n_nodes, tail=self.tail, head=self.head)
        if hierarchy.checksum != mine:
            raise InputError(
                "The hierarchy is of other nodes or arcs.",
                where="hierarchy",
                do="Leave it out, and it is built again.",
                code="GH133",
            )
        with self.lock:
            if self.hierarchy is not hierarchy:
                self.hierarchy = hierarchy
                self._selections = Recent()
        return hierarchy

    def selection(self, node: Ints) -> "Selection":
        """
        Select targets in the hierarchy; the last few sets are remembered.

        Parameters
        ----------
        node
            Nodes, -1 for none. Shape ``(n_targets, k)``.

        Returns
        -------
        selection
            For sweeps.
        """
        from goldenhour.times import sweep  # noqa: PLC0415 - loads kernels

        chordal = self.built().chordal
        key = node.shape, blake2b(node.tobytes(), digest_size=20).digest()
        with self.lock:
            found: Selection = self._selections.get(key, lambda: sweep.select(chordal, node))
            return found


def _shortened(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring longitudes, if that is what they are, to the length of latitudes."""
    if not len(x) or np.abs(x).max() > _MOST_LON or np.abs(y).max() > _MOST_LAT:
        return x
    return np.asarray(x * np.cos(np.radians(y.mean())))


class Weights:
    """
    The times of all arcs, and what follows from them.

    Parameters
    ----------
    topology
        The arcs.
    ticks
        Whole 1/64 s, ``FAR`` where closed. Shape ``(n_arcs,)``.
    """

    def __init__(self, topology: Topology, ticks: Ints) -> None:
        self.topology, self.ticks = topology, ticks
        self.n_settled = 0
        self._fresh()

    def _fresh(self) -> None:
        self.lock = RLock()
        self._rows: dict[Direction, Rows] = {}
        self._way: Way | None = None
        self._downs = Recent()
        self._places: SimpleQueue[tuple[Ints, Ints]] = SimpleQueue()
        self._longest: int | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in ("topology", "ticks", "n_settled")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._fresh()

    @property
    def is_customised(self) -> bool:
        """True if the hierarchy has these times."""
        return self._way is not None

    def search(
        self, rows: Rows, seeds: Points, limit: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """
        Search once; the work arrays are kept, so that a small area costs little.

        Parameters
        ----------
        rows
            The arcs, with these times.
        seeds
            Where to start. Shape ``(n_seeds, k)``.
        limit
            Ticks, inclusive.

        Returns
        -------
        node, ticks
            Nodes that are reached, ascending, and when. Shape ``(n_reached,)`` each.
        """
        if self._longest is None:
            self._longest = int(self.ticks[self.ticks < reach.FAR].max(initial=0))
        try:
            place = self._places.get_nowait()
        except Empty:
            place = reach.fresh_state(self.topology.n_nodes)
        desk = reach.desk_over(*place, seeds, longest=self._longest, limit=limit)
        n_touched = reach.search(rows, seeds, reach.until(limit), reach.NO_TAG, desk)
        node = np.sort(desk.touched[:n_touched])
        ticks = desk.state[node, reach.TICKS]
        reach.clean(desk, n_touched)
        self._places.put(place)
        return node, ticks

    def rows(self, direction: Direction) -> Rows:
        """
        Sort the arcs with their times.

        Parameters
        ----------
        direction
            Which way.

        Returns
        -------
        rows
            For searches.
        """
        with self.lock:
            if direction not in self._rows:
                start, node, arc = self.topology.rows(direction)
                self._rows[direction] = Rows(start=start, node=node, ticks=self.ticks[arc])
            return self._rows[direction]

    def way(self, direction: Direction) -> "Way":
        """
        Weigh the hierarchy, once.

        Parameters
        ----------
        direction
            Which way.

        Returns
        -------
        way
            For sweeps.
        """
        from goldenhour.times.sweep import Way  # noqa: PLC0415 - loads kernels

        with self.lock:
            if self._way is None:
                hierarchy = self.topology.built()
                weighted = apart(lambda: hierarchy.weigh(self.ticks))
                self._way = Way(hierarchy.chordal, weighted.up, weighted.down)
            way = self._way
        return way if direction is Direction.LEAVING else Way(way.chordal, way.down, way.up)

    def down(self, direction: Direction, selection: "Selection") -> Ints:
        """
        Take the weights of selected targets; the last few are remembered.

        Parameters
        ----------
        direction
            Which way.
        selection
            The targets.

        Returns
        -------
        down
            Ticks of its arcs.
        """
        from goldenhour.times import sweep  # noqa: PLC0415 - loads kernels

        way = self.way(direction)
        with self.lock:  # keyed by an array that the kept tuple holds: its id stays its own
            kept: tuple[Ints, Ints] = self._downs.get(
                (direction, id(selection.place)),
                lambda: (sweep.weigh(way, selection), selection.place),
            )
            return kept[0]
