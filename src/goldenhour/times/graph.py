# SPDX-License-Identifier: Apache-2.0
"""A network of directed arcs with seconds: the plain face for other programs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from goldenhour.base.crs import WGS84
from goldenhour.base.progress import Progress, quiet
from goldenhour.times import many, matrix
from goldenhour.times.checks import lengths, whole_numbers
from goldenhour.times.holders import Direction, Topology, Weights
from goldenhour.times.kernels import reach
from goldenhour.times.kernels.reach import Pairs, Points, Rows
from goldenhour.times.result import Nearest, Reached
from goldenhour.times.ticks import limit_ticks, shown, to_seconds, to_ticks

if TYPE_CHECKING:  # the plain face must not load geopandas
    from goldenhour.times.hierarchy import Hierarchy
    from goldenhour.town.town import Town


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
    x
        Eastings in metres, or longitudes in degrees, of the nodes. Shape ``(n_nodes,)``.
    y
        Northings in metres, or latitudes in degrees, of the nodes. Shape ``(n_nodes,)``.
    crs
        System of ``x`` and ``y``.
    weights
        What is worked out once and kept; its topology is shared by all that ``reweight`` makes.
    street_edge
        Street edge of each arc, -1 where an arc is no street; None where arcs are edges. Shape
        ``(n_arcs,)``, int32.
    is_along
        True where the arc runs along its edge, False against it; None if all do. Shape
        ``(n_arcs,)``, bool.
    town
        The town it was built from, None for the plain face.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    ticks: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    weights: Weights = field(repr=False, compare=False)
    street_edge: NDArray[np.int32] | None = None
    is_along: NDArray[np.bool_] | None = None
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
    def edge(self) -> NDArray[np.int32]:
        """Street edge of each arc, -1 where an arc is no street. Shape ``(n_arcs,)``, int32."""
        if self.street_edge is None:
            return np.arange(self.n_arcs, dtype=np.int32)
        return self.street_edge

    @property
    def along(self) -> NDArray[np.bool_]:
        """True where the arc runs along its edge, False against it. Shape ``(n_arcs,)``, bool."""
        return np.ones(self.n_arcs, dtype=np.bool_) if self.is_along is None else self.is_along

    @property
    def leaving(self) -> Rows:
        """Arcs by start node."""
        return self.weights.rows(Direction.LEAVING)

    @property
    def leaving_arc(self) -> NDArray[np.int32]:
        """Arc number at each place of ``leaving``. Shape ``(n_arcs,)``."""
        return self.weights.topology.rows(Direction.LEAVING)[2]

    @property
    def arriving(self) -> Rows:
        """Arcs by end node, for searches against the traffic."""
        return self.weights.rows(Direction.ARRIVING)

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
        times = matrix.dense(
            self.weights,
            many.points_at(self._nodes(origins, "origins")),
            many.points_at(self._nodes(destinations, "destinations")),
            limit=limit_ticks(limit_s),
            dtype=np.float32,
        )
        return times.astype(np.float32, copy=False)

    def travel_time_blocks(
        self,
        origins: ArrayLike,
        destinations: ArrayLike,
        limit_s: float | None = None,
        *,
        dtype: DTypeLike = np.float32,
    ) -> Iterator[tuple[int, NDArray[np.generic]]]:
        """
        Measure the way from every origin to every destination, some origins at a time.

        For matrices that do not fit into memory: only one block is held.

        Parameters
        ----------
        origins
            Node numbers. Shape ``(n_origins,)``.
        destinations
            Node numbers. Shape ``(n_destinations,)``.
        limit_s
            Longest time of interest in seconds, inclusive, tested before rounding; None for no
            limit.
        dtype
            float32 for seconds, ``inf`` where unreachable or beyond the limit; uint16 for whole
            seconds, rounded up so that nobody is in time who is not, and 65,535 where unreachable,
            beyond the limit or more than 65,534 seconds (18.2 hours).

        Returns
        -------
        blocks
            ``(first row, seconds)``, in order. Shape of each ``(n_rows, n_destinations)``.

        Raises
        ------
        InputError
            If a node number is out of range, the limit negative, or the type another one.
        """
        shown(np.empty(0, dtype=np.int32), dtype)
        return matrix.blocks(
            self.weights,
            many.points_at(self._nodes(origins, "origins")),
            many.points_at(self._nodes(destinations, "destinations")),
            limit=limit_ticks(limit_s),
            dtype=dtype,
        )

    def between(
        self, start: Points, end: Points, *, limit: int, progress: Progress = quiet
    ) -> NDArray[np.int32]:
        """
        Measure the way between points that join the network.

        Parameters
        ----------
        start
            Where ways start. Shape ``(n_start, k)``.
        end
            Where they end. Shape ``(n_end, k)``.
        limit
            Ticks, inclusive.
        progress
            Told how far the work is.

        Returns
        -------
        ticks
            ``FAR`` where unreachable or beyond the limit. Shape ``(n_start, n_end)``.
        """
        ticks = matrix.dense(self.weights, start, end, limit=limit, progress=progress)
        return ticks.astype(np.int32, copy=False)

    def pairs(
        self,
        sources: Points,
        targets: Points,
        *,
        direction: Direction,
        limit: int,
        known: Pairs | None = None,
        progress: Progress = quiet,
    ) -> Pairs:
        """
        List the pairs of points within a limit.

        Parameters
        ----------
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
            Told how far the work is.

        Returns
        -------
        pairs
            One row per source, targets ascending.
        """
        return matrix.pairs(
            self.weights,
            sources,
            targets,
            direction=direction,
            limit=limit,
            known=known,
            progress=progress,
        )

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
        return self._nearest(start, destinations, limit_s)

    def catchments(self, destinations: ArrayLike, limit_s: float | None = None) -> Nearest:
        """
        Divide the whole network among destinations: every node goes to the nearest.

        Parameters
        ----------
        destinations
            Node numbers. Shape ``(n_destinations,)``.
        limit_s
            Longest time of interest in seconds, inclusive; None for no limit.

        Returns
        -------
        nearest
            ``(index, seconds)`` of every node. Shapes ``(n_nodes,)``.

        Raises
        ------
        InputError
            If a node number is out of range, or the limit negative.
        """
        return self._nearest(slice(None), destinations, limit_s)

    def _nearest(
        self, start: NDArray[np.int32] | slice, destinations: ArrayLike, limit_s: float | None
    ) -> Nearest:
        end = many.points_at(self._nodes(destinations, "destinations"))
        desk, _ = many.spread(self.arriving, end, limit_s, tagging=reach.TAG_SEED)
        ticks = desk.state[start, reach.TICKS]
        index = np.where(ticks == reach.FAR, -1, desk.state[start, reach.TAG]).astype(np.int64)
        return Nearest(index=index, seconds=to_seconds(ticks))

    def reach(
        self, origins: ArrayLike, limit_s: float | None = None, start_s: ArrayLike | None = None
    ) -> Reached:
        """
        Find everything within a limit of one node or of any of several.

        Parameters
        ----------
        origins
            Node numbers. Shape ``()`` or ``(n_origins,)``.
        limit_s
            Limit in seconds, inclusive; None for no limit.
        start_s
            Seconds already spent at each origin, ``inf`` where nobody starts; none if left out.
            Shape ``()`` or ``(n_origins,)``.

        Returns
        -------
        reached
            ``(node, seconds)``.

        Raises
        ------
        InputError
            If a node number is out of range, the limit or a start negative, or lengths differ.
        """
        seeds = many.points_at(self._nodes(origins, "origins"))
        if start_s is not None:
            spent = to_ticks(start_s, where="start_s")
            if spent.ndim and spent.shape != (len(seeds.node),):
                raise lengths("origins", "start_s")
            seeds.ticks[:, 0] = spent
        return self.reach_of(seeds, limit_s, rows=self.leaving)

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
        node, ticks = self.weights.search(rows, seeds, limit_ticks(limit_s))
        return Reached(node=node, seconds=to_seconds(ticks))

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
        arc = whole_numbers(arcs, "arcs", self.n_arcs)
        new = to_ticks(seconds, where="seconds")
        if new.ndim and new.shape != arc.shape:
            raise lengths("arcs", "seconds")
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
        weights = Weights(self.weights.topology, ticks)
        return replace(self, ticks=ticks, weights=weights)

    def prepare(self, hierarchy: "Hierarchy | None" = None) -> "Hierarchy":
        """
        Build the hierarchy that large matrices use, or take one that was saved.

        It serves all networks that ``reweight`` makes of this one, before and after.

        Parameters
        ----------
        hierarchy
            Of these very nodes and arcs; built if left out.

        Returns
        -------
        hierarchy
            To be saved.

        Raises
        ------
        InputError
            If the hierarchy is of other arcs.
        """
        topology = self.weights.topology
        return topology.built() if hierarchy is None else topology.take(hierarchy)

    def _nodes(self, nodes: ArrayLike, where: str) -> NDArray[np.int32]:
        return whole_numbers(nodes, where, self.n_nodes).astype(np.int32)


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
    Make a network from arcs.

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
    return Network(
        tail=tail,
        head=head,
        ticks=ticks,
        x=x,
        y=y,
        crs=WGS84 if town is None else town.crs,
        weights=Weights(Topology(tail, head, x, y), ticks),
        street_edge=edge,
        is_along=along,
        town=town,
    )
