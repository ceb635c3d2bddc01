# SPDX-License-Identifier: Apache-2.0
"""Other people's engines on our networks, in whole ticks, so that equal means equal."""

import numpy as np
import routingkit_cch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from goldenhour.times.graph import Network
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.ticks import to_seconds

Ints = NDArray[np.integer]
Seconds = NDArray[np.float32]


def by_scipy(net: Network, origins: Ints, destinations: Ints) -> Seconds:
    """Search with scipy; of double arcs it must be given the sooner."""
    is_open = np.flatnonzero(net.ticks < FAR)
    arc = is_open[np.argsort(net.ticks[is_open], kind="stable")]
    pair = net.tail[arc].astype(np.int64) * net.n_nodes + net.head[arc]
    arc = arc[np.unique(pair, return_index=True)[1]]
    table = csr_matrix(
        (net.ticks[arc].astype(np.float64), (net.tail[arc], net.head[arc])),
        shape=(net.n_nodes, net.n_nodes),
    )
    return _seconds(dijkstra(table, indices=origins)[:, destinations])


class Hierarchy:
    """RoutingKit's customisable hierarchy over a network; of ours it takes the order alone."""

    def __init__(self, net: Network) -> None:
        ends = net.tail.tolist(), net.head.tolist()
        order = net.prepare().chordal.node.tolist()
        self._hierarchy = routingkit_cch.CCH(order, *ends, False)  # noqa: FBT003 - unnamed in Rust

    def measure(self, net: Network, origins: Ints, destinations: Ints) -> Seconds:
        """Take the network's times and measure; its closed value is ours."""
        metric = routingkit_cch.CCHMetric(self._hierarchy, net.ticks.tolist())
        pinned = routingkit_cch.CCHOneToMany(metric, destinations.tolist())
        rows = [pinned.distances_from(origin) for origin in origins.tolist()]
        return _seconds(np.array(rows, dtype=np.float64))


def _seconds(ticks: NDArray[np.float64]) -> Seconds:
    """Turn ticks into our seconds; NaN and infinite are unreachable."""
    return to_seconds(np.where(np.isfinite(ticks), ticks, FAR).astype(np.int32))
