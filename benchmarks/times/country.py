# SPDX-License-Identifier: Apache-2.0
"""
Ours on the size of a country: order, build, customise, memory.

Usage: ``python -m benchmarks.times.country GRAPH ROUNDS OUT``; writes one JSON object.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.times import case as cases
from benchmarks.times import graph as graphs
from benchmarks.times.graph import Graph
from benchmarks.times.measure import array_bytes, calibration_ms, cost, typical
from benchmarks.times.one import warmed_up
from benchmarks.times.peers import Goldenhour

from goldenhour.times import network

_SOURCES = 64


def measured(graph: Graph, rounds: int) -> dict[str, Any]:
    """Ask ours everything."""
    warmed_up(Goldenhour)
    calibration = [calibration_ms()]
    rng = np.random.Generator(np.random.PCG64(17))
    made, net = cost(
        lambda: network(
            tail=graph.tail, head=graph.head, seconds=graph.seconds, lon=graph.lon, lat=graph.lat
        )
    )
    ordered, hierarchy = cost(net.prepare)
    closures = [cases.streets(graph, rng, cases.N_STREETS) for _ in range(rounds)]
    ticks = [net.reweight(arcs, np.inf).ticks for arcs in closures]
    customised = typical(lambda i: hierarchy.weigh(ticks[i]), rounds)
    held = array_bytes((net, hierarchy.weigh(net.ticks)))
    sources = rng.integers(0, graph.n_nodes, _SOURCES)
    targets = rng.choice(graph.n_nodes, cases.N_TARGETS, replace=False)
    net.travel_times(sources, targets)
    matrix = typical(lambda i: net.travel_times(np.roll(sources, i), targets), rounds)
    calibration.append(calibration_ms())
    return {
        "nodes": graph.n_nodes,
        "arcs": graph.n_arcs,
        "network_s": made.core_s,
        "order_s": ordered.core_s,
        "order_wall_s": ordered.wall_s,
        "customise_s": customised.core_s,
        "customise_wall_s": customised.wall_s,
        "bytes_per_node": held / graph.n_nodes,
        "matrix_ms": 1000 * matrix.core_s / _SOURCES,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "calibration_ms": calibration,
    }


def main() -> None:
    """Measure and write."""
    graph, rounds, out = sys.argv[1:]
    seen = measured(graphs.load(Path(graph)), int(rounds))
    Path(out).write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main()
