# SPDX-License-Identifier: Apache-2.0
"""Places along streets, and people who flow down a tree of ways."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.times.kernels import ways

SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.laws
@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_places_along_streets_are_those_of_geos(seed: int) -> None:
    """A share of a street ends where the usual library says, to the last bit."""
    rng = np.random.Generator(np.random.PCG64(seed))
    sizes = rng.integers(2, 6, 4)
    vertices = rng.choice([rng.normal(7e5, 300, 2), *rng.normal(7e5, 300, (9, 2))], sizes.sum())
    start = np.concatenate([[0], np.cumsum(sizes)])
    lines = np.array([shapely.LineString(one) for one in np.split(vertices, start[1:-1])])
    line = rng.integers(0, 4, 30)
    share = np.concatenate([[0.0, 1.0, 0.5], rng.random(27)])
    found = np.empty((30, 2))
    x_m, y_m = vertices.T.copy()
    ways.along(start, x_m, y_m, line, share, found)
    expected = shapely.line_interpolate_point(lines[line], share, normalized=True)
    assert np.array_equal(found, shapely.get_coordinates(expected))


@pytest.mark.laws
@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_all_who_start_behind_a_place_pass_it(seed: int) -> None:
    """People are counted at every place on their way, at its end too."""
    rng = np.random.Generator(np.random.PCG64(seed))
    name = rng.permutation(12)
    after = np.full(12, -1, dtype=np.int64)
    for at in range(1, 12):
        after[name[at]] = name[rng.integers(0, at)] if rng.random() < 0.8 else -1
    people = rng.integers(0, 9, 12).astype(np.float64)
    expected = np.zeros(12)
    for first in range(12):
        node = first
        while node >= 0:
            expected[node] += people[first]
            node = after[node]
    ways.add_up(after, people)
    assert np.array_equal(people, expected)
