# SPDX-License-Identifier: Apache-2.0
"""The drawings that other tests rely on say what they seem to say."""

import numpy as np
import pytest

from tests.towns import MINUTE_M, draw, make_town


def test_a_drawing_is_read_like_a_map() -> None:
    """Letters are junctions in alphabetical order; each mark between them is a minute's walk."""
    town, blocked = draw("""
A-x-B
|   |
C---D
""")
    streets = town.streets
    assert streets.id.tolist() == ["A-B", "A-C", "B-D", "C-D"]
    assert (streets.length_m / MINUTE_M).round(6).tolist() == [3, 1, 1, 3]
    assert blocked == [0]
    assert town.places.name.tolist() == ["A", "B", "C", "D"]
    assert set(streets.component) == {0}


def test_islands_are_pieces() -> None:
    """Junctions without a way between them are separate pieces, the largest first."""
    town, _ = draw("A-B  C-D-E")
    assert town.streets.component.tolist() == [1, 1, 0, 0, 0]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_grown_town_is_whole_and_the_same_again(seed: int) -> None:
    """One seed gives one town: connected, the banks joined by the bridge alone."""
    town, again = make_town(seed), make_town(seed)
    assert town.streets.id.tolist() == again.streets.id.tolist()
    assert np.array_equal(town.structures.x_m, again.structures.x_m)
    assert set(town.streets.component) == {0}
    assert town.streets.bridge.sum() == 1
    assert town.is_exercise
