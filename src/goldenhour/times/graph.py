# SPDX-License-Identifier: Apache-2.0
"""A network of directed arcs with seconds, and the plain face for other programs."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.crs import WGS84
from goldenhour.base.errors import InputError
from goldenhour.times import many
from goldenhour.times.kernels import reach
from goldenhour.times.kernels.reach import Points, Rows
from goldenhour.times.ticks import limit_ticks, to_seconds, to_ticks

if TYPE_CHECKING:  # the plain face must not load geopandas
    from goldenhour.town.town import Town


class Nearest(NamedTuple):
    """
    The nearest destination of each origin.

    Parameters
    ----------
    index
        Position in the destinations, the lowest of equals; -1 if none. Shape ``(n_origins,)``.
    seconds
        Seconds to it, ``inf`` if none. Shape ``(n_origins,)``, float32.
    """

    index: NDArray[np.int64]  # type: ignore[assignment] # hides tuple.index, nobody needs it
    seconds: NDArray[np.float32]


class Reached(NamedTuple):
    """
    What lies within a limit.

    Parameters
    ----------
    node
        Nodes, ascending. Shape ``(n_reached,)``, int32.
    seconds
        Seconds to each. Shape ``(n_reached,)``, float32.
    """

    node: NDArray[np.int32]
    seconds: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """
    Directed arcs between nodes. Topology is fixed; ``reweight`` gives a new network.

    Parameters
    ----------
    tail
        Start node of each arc. Shape ``(n_arcs,)``, int32.
    head
        End node of each arc. Shape ``(n_arcs,)``, int32.
    ticks
        Whole 1/64 s to pass each arc, ``reach.FAR`` where closed. Shape ``(n_arcs,)``, int32.
    edge
        Street edge of each arc, -1 where an arc is no street. Shape ``(n_arcs,)``, int32.
    along
        True where the arc runs along its edge, False against it. Shape ``(n_arcs,)``, bool.
    x
        Eastings in metres, or longitudes in degrees, of the nodes. Shape ``(n_nodes,)``.
    y
        Northings in metres, or latitudes in degrees, of the nodes. Shape ``(n_nodes,)``.
    crs
        System of ``x`` and ``y``.
    leaving
        Arcs by start node.
    leaving_arc
        Arc number at each place of ``leaving``. Shape ``(n_arcs,)``.
    arriving
        Arcs by end node, for searches against the traffic.
    arriving_arc
        Arc number at each place of ``arriving``. Shape ``(n_arcs,)``.
    town
        The town it was built from, None for the plain face.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    ticks: NDArray[np.int32]
    edge: NDArray[np.int32]
    along: NDArray[np.bool_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    leaving: Rows
    leaving_arc: NDArray[np.int64]
    arriving: Rows
    arriving_arc: NDArray[np.int64]
    town: "Town | None" = None

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def n_arcs(self) -> int:
        """Number of directed arcs."""
        return len(self.tail)

    @property
    def seconds(self) -> NDArray[np.float32]:
        """Seconds to pass each arc, ``inf`` where closed. Shape ``(n_arcs,)``."""
        return to_seconds(self.ticks)

    def travel_times(
        self, origins: ArrayLike, destinations: ArrayLike, limit_s: float | None = None
    ) -> NDArray[np.float32]:
        """
        Measure the way from every origin to every destination.

        Parameters
        ----------
        origins
            Node numbers. Shape ``(n_origins,)``.
        destinations
            Node numbers. Shape ``(n_destinations,)``.
        limit_s
            Longest time of interest in seconds, inclusive; None for no limit.

        Returns
        -------
        seconds
            Seconds, ``inf`` where unreachable or beyond the limit. Shape
            ``(n_origins, n_destinations)``, float32.

        Raises
        ------
        InputError
            If a node number is out of range, or the limit negative.
        """
        start = many.points_at(self._nodes(origins, "origins"))
        end = many.points_at(self._nodes(destinations, "destinations"))
        limit = limit_ticks(limit_s)
        if len(start.node) <= len(end.node):
            return to_seconds(many.dense(self.leaving, start, end, limit=limit))
        return to_seconds(many.dense(self.arriving, end, start, limit=limit).T)

    def nearest(
        self, origins: ArrayLike, destinations: ArrayLike, limit_s: float | None = None
    ) -> Nearest:
        """
        Find the nearest destination of every origin, with one search from all destinations.

        Parameters
        ----------
        origins
            Node numbers. Shape ``(n_origins,)``.
        destinations
            Node numbers. Shape ``(n_destinations,)``.
        limit_s
            Longest time of interest in seconds, inclusive; None for no limit.

        Returns
        -------
        nearest
            ``(index, seconds)``.

        Raises
        ------
        InputError
            If a node number is out of range, or the limit negative.
        """
        start = self._nodes(origins, "origins")
        end = many.points_at(self._nodes(destinations, "destinations"))
        desk, _ = spread(self.arriving, end, limit_s, tagging=reach.TAG_SEED)
        ticks = desk.state[start, reach.TICKS]
        index = np.where(ticks == reach.FAR, -1, desk.state[start, reach.TAG]).astype(np.int64)
        return Nearest(index=index, seconds=to_seconds(ticks))

    def reach(self, origin: int, limit_s: float | None = None) -> Reached:
        """
        Find everything within a limit of one node.

        Parameters
        ----------
        origin
            Node number.
        limit_s
            Limit in seconds, inclusive; None for no limit.

        Returns
        -------
        reached
            ``(node, seconds)``.

        Raises
        ------
        InputError
            If the node number is out of range, or the limit negative.
        """
        seed = many.points_at(self._nodes([origin], "origin"))
        return self.reach_of(seed, limit_s, rows=self.leaving)

    def reach_of(self, seeds: Points, limit_s: float | None, *, rows: Rows) -> Reached:
        """
        Find everything within a limit of points that join the network.

        Parameters
        ----------
        seeds
            Nodes to start from and ticks already spent.
        limit_s
            Limit in seconds, inclusive; None for no limit.
        rows
            ``leaving`` to go out, ``arriving`` to come in.

        Returns
        -------
        reached
            ``(node, seconds)``.
        """
        desk, n_touched = spread(rows, seeds, limit_s)
        node = np.sort(desk.touched[:n_touched])
        return Reached(node=node, seconds=to_seconds(desk.state[node, reach.TICKS]))

    def reweight(self, arcs: ArrayLike, seconds: ArrayLike) -> "Network":
        """
        Change the time of some arcs; the topology is shared, this network stays as it is.

        Parameters
        ----------
        arcs
            Arc numbers. Shape ``(n,)``.
        seconds
            Seconds, ``inf`` to close. Shape ``(n,)`` or one number for all.

        Returns
        -------
        network
            The same network with these times.

        Raises
        ------
        InputError
            If an arc number is out of range, or seconds are negative, NaN or of another length.
        """
        arc = _whole_numbers(arcs, "arcs", self.n_arcs)
        new = to_ticks(seconds, where="seconds")
        if new.ndim and new.shape != arc.shape:
            raise _lengths("arcs", "seconds")
        ticks = self.ticks.copy()
        ticks[arc] = new
        return self.with_ticks(ticks)

    def with_ticks(self, ticks: NDArray[np.int32]) -> "Network":
        """
        Take new times for all arcs.

        Parameters
        ----------
        ticks
            Whole 1/64 s, ``reach.FAR`` where closed. Shape ``(n_arcs,)``.

        Returns
        -------
        network
            The same topology with these times.
        """
        return replace(
            self,
            ticks=ticks,
            leaving=self.leaving._replace(ticks=ticks[self.leaving_arc]),
            arriving=self.arriving._replace(ticks=ticks[self.arriving_arc]),
        )

    def _nodes(self, nodes: ArrayLike, where: str) -> NDArray[np.int32]:
        return _whole_numbers(nodes, where, self.n_nodes).astype(np.int32)


def network(
    *, tail: ArrayLike, head: ArrayLike, seconds: ArrayLike, lon: ArrayLike, lat: ArrayLike
) -> Network:
    """
    Make a network from plain arrays of directed arcs.

    Every time is rounded to whole 1/64 s, so results are the same on every machine.

    Parameters
    ----------
    tail
        Start node of each arc. Shape ``(n_arcs,)``.
    head
        End node of each arc. Shape ``(n_arcs,)``.
    seconds
        Seconds to pass each arc, ``inf`` where closed. Shape ``(n_arcs,)``.
    lon
        Longitudes of the nodes in degrees, EPSG:4326. Shape ``(n_nodes,)``.
    lat
        Latitudes of the nodes in degrees, EPSG:4326. Shape ``(n_nodes,)``.

    Returns
    -------
    network
        Ready to measure.

    Raises
    ------
    InputError
        If lengths differ, a node number is out of range, or seconds are negative or NaN.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise _lengths("lon", "lat")
    start = _whole_numbers(tail, "tail", len(x))
    end = _whole_numbers(head, "head", len(x))
    ticks = to_ticks(seconds, where="seconds")
    if not start.shape == end.shape == ticks.shape:
        raise _lengths("tail, head", "seconds")
    return from_arcs(
        tail=start.astype(np.int32),
        head=end.astype(np.int32),
        ticks=ticks,
        x=x,
        y=y,
    )


def from_arcs(  # noqa: PLR0913 - one array per field, all by name
    *,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    ticks: NDArray[np.int32],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    edge: NDArray[np.int32] | None = None,
    along: NDArray[np.bool_] | None = None,
    town: "Town | None" = None,
) -> Network:
    """
    Sort arcs into rows both ways.

    Parameters
    ----------
    tail
        Start nodes. Shape ``(n_arcs,)``.
    head
        End nodes. Shape ``(n_arcs,)``.
    ticks
        Whole 1/64 s, ``reach.FAR`` where closed. Shape ``(n_arcs,)``.
    x
        Node eastings in metres or longitudes in degrees. Shape ``(n_nodes,)``.
    y
        Node northings in metres or latitudes in degrees. Shape ``(n_nodes,)``.
    edge
        Street edges; the arcs themselves if left out. Shape ``(n_arcs,)``.
    along
        Whether arcs run along their edges; all do if left out. Shape ``(n_arcs,)``.
    town
        The town the arcs come from.

    Returns
    -------
    network
        Ready to measure.
    """
    leaving, leaving_arc = _rows(tail, head, ticks, len(x))
    arriving, arriving_arc = _rows(head, tail, ticks, len(x))
    n_arcs = len(tail)
    return Network(
        tail=tail,
        head=head,
        ticks=ticks,
        edge=np.arange(n_arcs, dtype=np.int32) if edge is None else edge,
        along=np.ones(n_arcs, dtype=np.bool_) if along is None else along,
        x=x,
        y=y,
        crs=WGS84 if town is None else town.crs,
        leaving=leaving,
        leaving_arc=leaving_arc,
        arriving=arriving,
        arriving_arc=arriving_arc,
        town=town,
    )


def _rows(
    near: NDArray[np.int32], far: NDArray[np.int32], ticks: NDArray[np.int32], n_nodes: int
) -> tuple[Rows, NDArray[np.int64]]:
    """Sort arcs by their near end, in the given order within a node."""
    arc = np.argsort(near, kind="stable")
    start = np.zeros(n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(near, minlength=n_nodes), out=start[1:])
    return Rows(start=start, node=far[arc], ticks=ticks[arc]), arc


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


def _whole_numbers(values: ArrayLike, where: str, below: int) -> NDArray[np.int64]:
    """Check node or arc numbers."""
    given = np.atleast_1d(np.asarray(values))
    if given.size == 0:
        return np.empty(0, dtype=np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise InputError("A list of whole numbers is needed.", where=where, code="GH123")
    if int(given.min()) < 0 or int(given.max()) >= below:
        raise InputError(f"Numbers must lie between 0 and {below - 1}.", where=where, code="GH124")
    return given.astype(np.int64)


def _lengths(one: str, other: str) -> InputError:
    """Say that two arrays do not belong together."""
    return InputError("Arrays must have one length.", where=f"{one}, {other}", code="GH125")
