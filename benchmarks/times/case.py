# SPDX-License-Identifier: Apache-2.0
"""What every engine is asked, drawn once, with scipy's answers beside it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.times.graph import Floats, Graph, Ints, matrix_of
from scipy.sparse.csgraph import dijkstra

N_TARGETS, N_SOURCES = 20_000, 1_024
N_TOWN_TARGETS, N_TOWN_SOURCES = 10_000, 1_000
N_STREETS = 3_000
N_CHECKED = 16


class Case(NamedTuple):
    """Node numbers over the whole graph and in one town, arcs to close, and what scipy says."""

    sources: Ints
    targets: Ints
    town_sources: Ints
    town_targets: Ints
    closed: Ints
    before: Floats
    after: Floats


def drawn(graph: Graph) -> Case:
    """Draw the case; scipy measures the first sources before and after the closures."""
    rng = np.random.Generator(np.random.PCG64(11))
    town = _town(graph)
    case = Case(
        sources=rng.integers(0, graph.n_nodes, N_SOURCES).astype(np.int32),
        targets=rng.choice(graph.n_nodes, N_TARGETS, replace=False).astype(np.int32),
        town_sources=rng.choice(town, N_TOWN_SOURCES, replace=False).astype(np.int32),
        town_targets=rng.permutation(town).astype(np.int32),
        closed=streets(graph, rng, N_STREETS),
        before=np.empty(0),
        after=np.empty(0),
    )
    still_open = np.ones(graph.n_arcs, dtype=np.bool_)
    before = _by_scipy(graph, case)
    still_open[case.closed] = False
    return case._replace(before=before, after=_by_scipy(graph.only(still_open), case))


def streets(graph: Graph, rng: np.random.Generator, n: int) -> Ints:
    """Draw streets and give the arcs of each, one or two."""
    low, high = np.minimum(graph.tail, graph.head), np.maximum(graph.tail, graph.head)
    pair = low.astype(np.int64) * graph.n_nodes + high
    drawn = rng.choice(np.unique(pair), n, replace=False)
    return np.flatnonzero(np.isin(pair, drawn)).astype(np.int32)


def save(case: Case, path: Path) -> None:
    """Write the case; it appears whole or not at all."""
    part = path.with_suffix(".part.npz")
    np.savez(part, **case._asdict())
    part.replace(path)


def load(path: Path) -> Case:
    """Read it back."""
    with np.load(path) as arrays:
        return Case(*(arrays[name] for name in Case._fields))


def _town(graph: Graph) -> Ints:
    """Give the innermost nodes of a large tile in the middle of the graph."""
    n_in_tile = np.bincount(graph.tile)
    large = np.flatnonzero(n_in_tile >= N_TOWN_TARGETS)
    tile = large[len(large) // 2]
    inside = np.flatnonzero(graph.tile == tile).astype(np.int32)
    x, y = graph.lon[inside], graph.lat[inside]
    return inside[np.argsort(np.hypot(x - x.mean(), y - y.mean()), kind="stable")][:N_TOWN_TARGETS]


def _by_scipy(graph: Graph, case: Case) -> Floats:
    """Measure the checked sources."""
    rows: Floats = dijkstra(matrix_of(graph), indices=case.sources[:N_CHECKED])
    return rows[:, case.targets]
