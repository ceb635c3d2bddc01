# SPDX-License-Identifier: Apache-2.0
"""The graph that engines are compared on keeps the times of the streets it is made of."""

import numpy as np
import pytest
from benchmarks.times.contract import contracted
from benchmarks.times.graph import Graph, cleaned, matrix_of
from benchmarks.times.mosaic import mosaic
from scipy.sparse.csgraph import dijkstra


def streets(seed: int, n: int = 150) -> Graph:
    """Draw a crooked tree with short cuts, some of them one way, and give nodes distinct places."""
    rng = np.random.Generator(np.random.PCG64(seed))
    one = np.arange(1, n)
    other = np.maximum(one - rng.choice([1, 1, 1, 7], n - 1), 0)
    tail, head = rng.integers(0, n, (2, 25))
    graph = Graph(
        tail=np.concatenate([one, other, tail]).astype(np.int32),
        head=np.concatenate([other, one, head]).astype(np.int32),
        ticks=rng.integers(1, 5000, 2 * n + 23).astype(np.int32),
        lon=10 + rng.permutation(n) / 1000,
        lat=50 + rng.permutation(n) / 1000,
        tile=np.zeros(n, dtype=np.int32),
    )
    return cleaned(graph)


@pytest.mark.parametrize("seed", range(8))
def test_contracting_chains_keeps_every_time_between_junctions(seed: int) -> None:
    """Fewer nodes, and between those that stay the same seconds as before."""
    whole = streets(seed)
    part = contracted(whole)
    place = {spot: i for i, spot in enumerate(zip(whole.lon, whole.lat, strict=True))}
    stayed = np.array([place[spot] for spot in zip(part.lon, part.lat, strict=True)])
    assert 2 < part.n_nodes < whole.n_nodes
    before = dijkstra(matrix_of(whole), indices=stayed)[:, stayed]
    assert np.array_equal(dijkstra(matrix_of(part)), before)


def test_a_mosaic_is_one_strongly_connected_graph_and_always_the_same() -> None:
    """Towns in turn until there are enough nodes; everybody reaches everybody."""
    towns = [streets(seed) for seed in range(3)]
    made, again = mosaic(towns, 1200), mosaic(towns, 1200)
    assert made.n_nodes >= 1200
    assert len(np.unique(made.tile)) > 7
    assert np.isfinite(dijkstra(matrix_of(made), indices=[0, made.n_nodes - 1])).all()
    for name in Graph._fields:
        assert np.array_equal(getattr(made, name), getattr(again, name))
