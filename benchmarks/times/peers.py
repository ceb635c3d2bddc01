# SPDX-License-Identifier: Apache-2.0
"""
The engines behind one face: set up, close streets, matrix, reach.

Each takes numpy arrays and gives a numpy array, so that its time includes what it costs a Python
program to speak to it. Other people's packages are imported when an engine is set up: an absent
one is told in the table, not passed over.
"""

import importlib
import warnings
from typing import Any, Protocol

import numpy as np
import pandas as pd
from benchmarks.times.graph import Flags, Floats, Graph, Ints, Table, matrix_of
from scipy.sparse.csgraph import dijkstra

from goldenhour.times import Network, network
from goldenhour.times.holders import Direction


class Engine(Protocol):
    """
    The face of an engine.

    ``package`` is its name in the package index, ``module`` the one to import, ``includes`` what
    its times include, ``sources`` how many of them make a fair round.
    """

    package: str
    module: str
    includes: str
    sources: int

    def __init__(self, graph: Graph) -> None:
        """Set up."""

    def close(self, arcs: Ints) -> None:
        """Close these arcs of the graph as it was given; what was closed before is open again."""

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Measure in seconds, ``inf`` where unreachable. Shape ``(n_sources, n_targets)``."""

    def reach(self, source: int, limit_s: float) -> int | None:
        """Count the nodes within a limit; None where there is no bounded search."""


class Unbounded:
    """An engine that cannot stop at a limit."""

    def reach(self, source: int, limit_s: float) -> int | None:
        """Have no bounded search."""
        del source, limit_s
        return None


class Goldenhour:
    """Ours, through its plain face."""

    package = "goldenhour"
    module = "goldenhour.times"
    includes = "checks, the table as float32; it remembers the targets it was last asked about"
    sources = 512

    def __init__(self, graph: Graph) -> None:
        self.given = network(
            tail=graph.tail, head=graph.head, seconds=graph.seconds, lon=graph.lon, lat=graph.lat
        )
        self.given.prepare()
        self.network: Network = self.given

    def close(self, arcs: Ints) -> None:
        """Share the order, customise now, so that it counts as closing."""
        self.network = self.given.reweight(arcs, np.inf)
        self.network.weights.way(Direction.LEAVING)

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Sweep."""
        return self.network.travel_times(sources, targets)

    def reach(self, source: int, limit_s: float) -> int | None:
        """Search with buckets."""
        return len(self.network.reach(source, limit_s).node)


class Scipy:
    """``scipy.sparse.csgraph.dijkstra``, in float64."""

    package = "scipy"
    module = "scipy"
    includes = "every node, then the targets"
    sources = 16

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.table = matrix_of(graph)

    def close(self, arcs: Ints) -> None:
        """Make the table anew."""
        self.table = matrix_of(self.graph.only(_still_open(self.graph, arcs)))

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Search from each source."""
        found: Floats = dijkstra(self.table, indices=sources)[:, targets]
        return found

    def reach(self, source: int, limit_s: float) -> int | None:
        """Search up to the limit."""
        return int(np.isfinite(dijkstra(self.table, indices=source, limit=limit_s)).sum())


class Igraph(Unbounded):
    """``Graph.distances`` with a list of targets."""

    package = "igraph"
    module = "igraph"
    includes = "lists in and out"
    sources = 8

    def __init__(self, graph: Graph) -> None:
        igraph = importlib.import_module(self.module)
        edges = np.column_stack([graph.tail, graph.head])
        self.graph: Any = igraph.Graph(n=graph.n_nodes, edges=edges, directed=True)
        self.given = graph.seconds
        self.seconds = self.given.tolist()

    def close(self, arcs: Ints) -> None:
        """Give other weights; igraph leaves infinite ones out."""
        seconds = self.given.copy()
        seconds[arcs] = np.inf
        self.seconds = seconds.tolist()

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Search from each source."""
        rows = self.graph.distances(sources.tolist(), targets.tolist(), weights=self.seconds)
        return np.array(rows, dtype=np.float64)


class Networkit(Unbounded):
    """``SPSP`` on one thread."""

    package = "networkit"
    module = "networkit"
    includes = "every node, then the targets"
    sources = 8

    def __init__(self, graph: Graph) -> None:
        self.kit = importlib.import_module(self.module)
        self.given = graph
        self.shut = np.empty(0, dtype=np.int32)
        self.graph: Any = self.kit.GraphFromCoo(
            (graph.seconds, (graph.tail, graph.head)), n=graph.n_nodes, weighted=True, directed=True
        )

    def close(self, arcs: Ints) -> None:
        """Remove edges, one by one."""
        ends = (self.given.tail, self.given.head, self.given.seconds)
        for tail, head, seconds in zip(*(end[self.shut].tolist() for end in ends), strict=True):
            self.graph.addEdge(tail, head, seconds)
        for tail, head in zip(*(end[arcs].tolist() for end in ends[:2]), strict=True):
            self.graph.removeEdge(tail, head)
        self.shut = arcs

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Search from each source."""
        search = self.kit.distance.SPSP(self.graph, sources.tolist())
        search.run()
        found: Floats = np.asarray(search.getDistances(asarray=True))[:, targets]
        return np.where(found >= np.finfo(np.float64).max, np.inf, found)


class Rustworkx(Unbounded):
    """``dijkstra_shortest_path_lengths``, which asks Python for each weight."""

    package = "rustworkx"
    module = "rustworkx"
    includes = "a call into Python per arc, a mapping out"
    sources = 4

    def __init__(self, graph: Graph) -> None:
        self.kit = importlib.import_module(self.module)
        self.given = graph
        self.shut = np.empty(0, dtype=np.int32)
        self.graph: Any = self.kit.PyDiGraph(multigraph=False)
        self.graph.add_nodes_from(range(graph.n_nodes))
        self.graph.add_edges_from(self._edges(np.arange(graph.n_arcs, dtype=np.int32)))

    def close(self, arcs: Ints) -> None:
        """Remove edges."""
        self.graph.add_edges_from(self._edges(self.shut))
        self.graph.remove_edges_from([(tail, head) for tail, head, _ in self._edges(arcs)])
        self.shut = arcs

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Search from each source."""
        out = np.full((len(sources), self.given.n_nodes), np.inf)
        for row, source in zip(out, sources.tolist(), strict=True):
            lengths = self.kit.dijkstra_shortest_path_lengths(self.graph, source, float)
            row[np.fromiter(lengths.keys(), np.int64)] = np.fromiter(lengths.values(), np.float64)
            row[source] = 0.0
        return out[:, targets]

    def _edges(self, arcs: Ints) -> list[tuple[int, int, float]]:
        ends = (self.given.tail, self.given.head, self.given.seconds)
        return list(zip(*(end[arcs].tolist() for end in ends), strict=True))


class RoutingkitCch(Unbounded):
    """A customisable hierarchy with whole ticks, one set of targets pinned."""

    package = "routingkit-cch"
    module = "routingkit_cch"
    includes = "lists in and out, pinning the targets"
    sources = 128
    closed = 2**31 - 1

    def __init__(self, graph: Graph) -> None:
        self.kit = importlib.import_module(self.module)
        self.given = graph.ticks
        ends = graph.tail.tolist(), graph.head.tolist()
        places = graph.lat.tolist(), graph.lon.tolist()
        order = self.kit.compute_order_inertial(graph.n_nodes, *ends, *places)
        hierarchy = self.kit.CCH(order, *ends, False)  # noqa: FBT003 - a Rust function without names
        self.metric: Any = self.kit.CCHMetric(hierarchy, self.given.tolist())

    def close(self, arcs: Ints) -> None:
        """Customise anew."""
        ticks = self.given.copy()
        ticks[arcs] = self.closed
        self.metric.reset(ticks.tolist())

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Ask for one row per source."""
        pinned = self.kit.CCHOneToMany(self.metric, targets.tolist())
        rows = [pinned.distances_from(source) for source in sources.tolist()]
        return np.array(rows, dtype=np.float64) / 64  # None becomes NaN, closed stays large


class Pandana:
    """``shortest_path_lengths`` over pairs, in a hierarchy that must be built anew."""

    package = "pandana"
    module = "pandana"
    includes = "pairs written out; reach as a table"
    sources = 4
    far = 4294967.295

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.network: Any = None
        self._build(graph)

    def close(self, arcs: Ints) -> None:
        """Build without the closed arcs."""
        self._build(self.graph.only(_still_open(self.graph, arcs)))

    def matrix(self, sources: Ints, targets: Ints) -> Table:
        """Ask for all pairs."""
        pairs = np.repeat(sources, len(targets)), np.tile(targets, len(sources))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it lists every unreachable pair
            found = np.asarray(self.network.shortest_path_lengths(*pairs, imp_name="s"))
        table = found.reshape(len(sources), len(targets))
        return np.where(table >= self.far, np.inf, table)

    def reach(self, source: int, limit_s: float) -> int | None:
        """Ask for the range."""
        return len(self.network.nodes_in_range([source], limit_s, imp_name="s"))

    def _build(self, graph: Graph) -> None:
        pandana = importlib.import_module(self.module)
        columns = (pd.Series(x) for x in (graph.lon, graph.lat, graph.tail, graph.head))
        seconds = pd.DataFrame({"s": graph.seconds})
        self.network = pandana.Network(*columns, seconds, twoway=False)


ENGINES: dict[str, type[Engine]] = {
    engine.package: engine
    for engine in (Goldenhour, RoutingkitCch, Scipy, Igraph, Networkit, Rustworkx, Pandana)
}


def _still_open(graph: Graph, arcs: Ints) -> Flags:
    """Tell which arcs are left."""
    is_open = np.ones(graph.n_arcs, dtype=np.bool_)
    is_open[arcs] = False
    return is_open
