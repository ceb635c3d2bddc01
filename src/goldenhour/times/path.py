# SPDX-License-Identifier: Apache-2.0
"""The streets of the fastest way between two junctions."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times import many
from goldenhour.times.graph import Network
from goldenhour.times.kernels import reach
from goldenhour.times.ticks import to_seconds


class FastestPath(NamedTuple):
    """
    The fastest way, or none.

    Parameters
    ----------
    edges
        Street edges in order, none if unreachable or already there. Shape ``(n,)``, int32.
    forward
        True where an edge is passed from its tail to its head. Shape ``(n,)``, bool.
    seconds
        Travel time in seconds, ``inf`` if unreachable.
    """

    edges: NDArray[np.int32]
    forward: NDArray[np.bool_]
    seconds: float

    @property
    def is_reachable(self) -> bool:
        """True if an open way joins the two."""
        return bool(np.isfinite(self.seconds))


def fastest_path(network: Network, from_node: int, to_node: int) -> FastestPath:
    """
    Find the fastest way between two nodes; of equal ways the same one every time.

    Parameters
    ----------
    network
        The network.
    from_node
        Start node.
    to_node
        End node.

    Returns
    -------
    path
        ``(edges, forward, seconds)``; arcs that are no street are left out of ``edges``.

    Raises
    ------
    InputError
        If a node is not in the network.
    """
    for node, where in ((from_node, "from_node"), (to_node, "to_node")):
        if not 0 <= node < network.n_nodes:
            raise InputError(f"Node {node} is not in the network.", where=where, code="GH124")
    wanted = np.zeros(network.n_nodes, dtype=np.uint8)
    wanted[to_node] = 1
    rows, seed = network.leaving, many.points_at(np.array([from_node], dtype=np.int32))
    desk = reach.desk(rows, seed, reach.LONGEST)
    reach.search(rows, seed, reach.until(reach.LONGEST, wanted), reach.TAG_ARC, desk)
    ticks = desk.state[to_node, reach.TICKS]
    arcs = _back(network, desk.state[:, reach.TAG], from_node, to_node) if ticks < reach.FAR else []
    arc = np.array(arcs, dtype=np.int64)
    arc = arc[network.edge[arc] >= 0]
    return FastestPath(
        edges=network.edge[arc],
        forward=network.along[arc],
        seconds=float(to_seconds(desk.state[[to_node], reach.TICKS])[0]),
    )


def _back(network: Network, tag: NDArray[np.int32], from_node: int, to_node: int) -> list[int]:
    """Walk back from the end along the arcs one came by."""
    arcs, node = [], to_node
    while node != from_node:
        arc = int(network.leaving_arc[tag[node]])
        arcs.append(arc)
        node = int(network.tail[arc])
    return arcs[::-1]
