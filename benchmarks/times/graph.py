# SPDX-License-Identifier: Apache-2.0
"""A directed road graph in plain arrays: what every engine is given."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Table = NDArray[np.floating]


class Graph(NamedTuple):
    """Directed arcs, in whole ticks of 1/64 s; nodes in degrees, EPSG:4326; a tile per node."""

    tail: Ints
    head: Ints
    ticks: Ints
    lon: Floats
    lat: Floats
    tile: Ints

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.lon)

    @property
    def n_arcs(self) -> int:
        """Number of directed arcs."""
        return len(self.tail)

    @property
    def seconds(self) -> Floats:
        """Seconds of each arc, without rounding."""
        return self.ticks / 64

    def only(self, arcs: Flags) -> "Graph":
        """Keep some arcs and all nodes."""
        return self._replace(tail=self.tail[arcs], head=self.head[arcs], ticks=self.ticks[arcs])


def save(graph: Graph, path: Path) -> None:
    """Write all arrays; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(part, **graph._asdict())
    part.replace(path)


def load(path: Path) -> Graph:
    """Read them back."""
    with np.load(path) as arrays:
        return Graph(*(arrays[name] for name in Graph._fields))


def cleaned(graph: Graph) -> Graph:
    """Keep the largest strongly connected part, no loops, and the fastest of parallel arcs."""
    order = np.lexsort((graph.ticks, graph.head, graph.tail))
    tail, head = graph.tail[order], graph.head[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    arc = order[first & (tail != head)]
    return kept(graph, arc=arc, node=_strongest(graph, arc))


def kept(graph: Graph, *, arc: NDArray[np.integer], node: Flags) -> Graph:
    """Keep these arcs and nodes and number the nodes anew, in their old order."""
    new = np.cumsum(node, dtype=np.int32) - np.int32(1)
    both = arc[node[graph.tail[arc]] & node[graph.head[arc]]]
    return Graph(
        tail=new[graph.tail[both]],
        head=new[graph.head[both]],
        ticks=graph.ticks[both],
        lon=graph.lon[node],
        lat=graph.lat[node],
        tile=graph.tile[node],
    )


def joined(parts: list[Graph]) -> Graph:
    """Put graphs side by side, without arcs between them."""
    first = np.cumsum([0, *(part.n_nodes for part in parts[:-1])])
    pairs = list(zip(parts, first, strict=True))
    return Graph(
        tail=np.concatenate([part.tail + at for part, at in pairs], dtype=np.int32),
        head=np.concatenate([part.head + at for part, at in pairs], dtype=np.int32),
        ticks=np.concatenate([part.ticks for part in parts]),
        lon=np.concatenate([part.lon for part in parts]),
        lat=np.concatenate([part.lat for part in parts]),
        tile=np.concatenate([part.tile for part in parts]),
    )


def with_ways(graph: Graph, *, tail: Ints, head: Ints, ticks: Ints) -> Graph:
    """Add two-way connections."""
    return graph._replace(
        tail=np.concatenate([graph.tail, tail, head], dtype=np.int32),
        head=np.concatenate([graph.head, head, tail], dtype=np.int32),
        ticks=np.concatenate([graph.ticks, ticks, ticks], dtype=np.int32),
    )


def matrix_of(graph: Graph) -> csr_matrix:
    """Give scipy's table, in float64 seconds."""
    shape = (graph.n_nodes, graph.n_nodes)
    return csr_matrix((graph.seconds, (graph.tail, graph.head)), shape=shape)


def _strongest(graph: Graph, arc: NDArray[np.integer]) -> Flags:
    """Tell which nodes belong to the largest strongly connected part."""
    table = csr_matrix(
        (np.ones(len(arc), dtype=np.int8), (graph.tail[arc], graph.head[arc])),
        shape=(graph.n_nodes, graph.n_nodes),
    )
    _, label = connected_components(table, directed=True, connection="strong")
    largest: Flags = label == np.bincount(label).argmax()
    return largest
