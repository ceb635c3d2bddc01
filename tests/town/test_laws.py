# SPDX-License-Identifier: Apache-2.0
"""What holds for every town, compared with slow and obvious answers."""

from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, Point

from goldenhour.base.crs import to_lon_lat
from goldenhour.town.build import build
from goldenhour.town.layers import LayerKind
from tests.layers import layer

pytestmark = pytest.mark.laws

SPOT = st.tuples(st.integers(0, 6), st.integers(0, 6))
SPANS = st.lists(st.lists(SPOT, min_size=2, max_size=4), min_size=1, max_size=25)


def place(spot: tuple[int, int]) -> tuple[float, float]:
    """Put a grid point near Al Qaim."""
    return (41.9 + spot[0] / 30, 34.4 + spot[1] / 300)


def pieces(spans: list[list[tuple[int, int]]]) -> set[frozenset[tuple[int, int]]]:
    """Group the ends of streets by merging sets, the slow and obvious way."""
    groups: list[set[tuple[int, int]]] = []
    for span in spans:
        touching = [group for group in groups if span[0] in group or span[-1] in group]
        merged = {span[0], span[-1]}.union(*touching)
        groups = [group for group in groups if group not in touching] + [merged]
    return {frozenset(group) for group in groups}


@settings(max_examples=60, deadline=None)
@given(SPANS)
def test_pieces_and_lengths_agree_with_the_slow_answer(spans: list[list[tuple[int, int]]]) -> None:
    """Whatever the streets, pieces are those of merging sets, lengths those of PROJ."""
    long = [span for span in spans if LineString([place(s) for s in span]).length > 0]
    if not long:
        return
    lines = [LineString([place(spot) for spot in span]) for span in long]
    houses = layer(LayerKind.STRUCTURES, [Point(place((1, 1)))])
    town, findings = build([layer(LayerKind.STREETS, lines), houses], name="law")
    streets = town.streets
    assert streets.n_edges == len(long)
    expected = pieces(long)
    assert streets.component.max() + 1 == len(expected)
    sizes = np.bincount(streets.component)
    assert sorted(map(len, expected), reverse=True) == sizes.tolist()
    assert (len(expected) > 1) == any(f.code == "separate-pieces" for f in findings)
    geod = Geod(ellps="WGS84")
    for line, length_m in zip(lines, streets.length_m, strict=True):
        assert length_m == pytest.approx(geod.geometry_length(line), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(SPANS, st.randoms(use_true_random=False))
def test_row_order_does_not_change_the_town(
    spans: list[list[tuple[int, int]]], order: Random
) -> None:
    """The same streets in another order make the same junctions, pieces and total length."""
    lines = [LineString([place(spot) for spot in span]) for span in spans]
    lines = [line for line in lines if line.length > 0]
    if not lines:
        return
    houses = layer(LayerKind.STRUCTURES, [Point(place((1, 1)))])
    shuffled = list(lines)
    order.shuffle(shuffled)
    one, _ = build([layer(LayerKind.STREETS, lines), houses], name="a")
    two, _ = build([layer(LayerKind.STREETS, shuffled), houses], name="b")
    assert one.streets.n_nodes == two.streets.n_nodes
    assert (
        np.bincount(one.streets.component).tolist() == np.bincount(two.streets.component).tolist()
    )
    assert one.streets.length_m.sum() == pytest.approx(two.streets.length_m.sum())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("ab")), min_size=1))
def test_no_structure_disappears_silently(rows: list[tuple[int, int, str]]) -> None:
    """Structures kept and structures merged add up to the rows of the file."""
    spots = [Point(place((x, y))) for x, y, _ in rows]
    houses = layer(LayerKind.STRUCTURES, spots, use=[use for *_, use in rows])
    road = layer(LayerKind.STREETS, [LineString([place((0, 0)), place((3, 3))])])
    town, findings = build([road, houses], name="law")
    merged = sum(f.n_rows for f in findings if f.code == "listed-twice")
    assert town.structures.n + merged == len(rows)
    assert town.structures.n == len(set(rows))


def test_shapes_move_to_metres_and_back() -> None:
    """A line in town metres, taken back to degrees, is within a centimetre of the file's."""
    line = LineString([place((0, 0)), place((6, 6))])
    houses = layer(LayerKind.STRUCTURES, [Point(place((1, 1)))])
    town, _ = build([layer(LayerKind.STREETS, [line]), houses], name="law")
    x_m, y_m = shapely.get_coordinates(town.streets.line[0]).T
    lon, lat = to_lon_lat(x_m, y_m, town.crs)
    assert np.abs(np.stack([lon, lat], axis=1) - shapely.get_coordinates(line)).max() < 1e-7
