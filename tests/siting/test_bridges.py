# SPDX-License-Identifier: Apache-2.0
"""Which streets hang on one bridge, against taking every bridge away in turn."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import StreetState
from goldenhour.siting.screening.bridges import NONE, hanging
from goldenhour.town.town import Town
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make, make_streets, make_structures

OPEN, CLOSED = int(StreetState.OPEN), int(StreetState.CLOSED)
ROW, NODES = 4, 16


def town_of(edges: list[tuple[int, int]], bridges: set[int]) -> Town:
    """Lay streets between the points of a grid of 300 m; some of them are bridges."""
    column, row = np.meshgrid(np.arange(ROW), np.arange(ROW))
    x_m = ORIGIN_X_M + 300 * column.ravel().astype(np.float64)
    y_m = ORIGIN_Y_M + 300 * row.ravel().astype(np.float64)
    names = [f"{'bridge' if at in bridges else 'street'}-{at}" for at in range(len(edges))]
    streets = make_streets(np.array(edges, dtype=np.int32), x_m=x_m, y_m=y_m, names=names)
    return make(streets, make_structures(["s"], x_m=x_m[:1], y_m=y_m[:1]))


def joined_to(town: Town, kept: set[int], start: int) -> set[int]:
    """Find the nodes that some streets join to one, by plain spreading."""
    reached, before = {start}, 0
    while len(reached) > before:
        before = len(reached)
        for at in kept:
            ends = {int(town.streets.tail[at]), int(town.streets.head[at])}
            reached |= ends if ends & reached else set()
    return reached


def bridges_of(town: Town) -> list[set[int]]:
    """Group bridges that meet at a node: on this grid no others lie close."""
    groups: list[tuple[set[int], set[int]]] = []
    for at in np.flatnonzero(town.streets.bridge).tolist():
        ends = {int(town.streets.tail[at]), int(town.streets.head[at])}
        touching = [group for group in groups if group[1] & ends]
        groups = [group for group in groups if group not in touching]
        groups.append(
            ({at}.union(*(g[0] for g in touching)), ends.union(*(g[1] for g in touching)))
        )
    return [group[0] for group in groups]


def main_land(town: Town) -> int:
    """Give a node of the land with most street, the one with the lowest node of equals."""
    dry = set(np.flatnonzero(~town.streets.bridge).tolist())
    length_m: dict[int, float] = {}
    for at in sorted(dry):
        land = min(joined_to(town, dry, int(town.streets.tail[at])))
        length_m[land] = length_m.get(land, 0.0) + round(float(town.streets.length_m[at]), 3)
    return max(sorted(length_m), key=lambda land: length_m[land]) if length_m else 0


GRID = [(n, n + 1) for n in range(NODES) if (n + 1) % ROW] + [(n, n + ROW) for n in range(12)]


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from(GRID), min_size=1, max_size=24), st.randoms(use_true_random=False))
def test_a_street_hangs_on_a_bridge_if_taking_one_away_cuts_it_off(
    chosen: set[tuple[int, int]], chance: Random
) -> None:
    """The cut vertices are those that brute force finds, and so is what closed bridges cut off."""
    edges = sorted(chosen)
    bridges = {at for at in range(len(edges)) if chance.random() < 0.35}
    town = town_of(edges, bridges)
    closed = {at for at in bridges if chance.random() < 0.5}
    state = np.full(len(edges), OPEN, dtype=np.int8)
    state[list(closed)] = CLOSED
    found = hanging(town, state)
    if not bridges:
        assert found is None
        return
    assert found is not None
    start, every = main_land(town), set(range(len(edges)))
    whole = joined_to(town, every, start)
    cuts = [whole - joined_to(town, every - bridge, start) for bridge in bridges_of(town)]
    left = joined_to(town, every - closed, start)
    dry = every - bridges
    for at in dry:
        node = int(town.streets.tail[at])
        assert found.is_joined[at] == (node in whole)
        assert (found.bridge[at] != NONE) == any(node in cut for cut in cuts)
        assert found.is_cut_off[at] == (node in whole and node not in left)


def test_two_bridges_leave_a_choice_and_one_does_not() -> None:
    """A bank with two bridges hangs on neither; with one it hangs on that one."""
    banks = [(0, 1), (1, 2), (2, 3), (12, 13), (13, 14)]
    one = town_of([*banks, (1, 13)], {5})
    found = hanging(one, np.full(6, OPEN, dtype=np.int8))
    assert found is not None
    assert found.bridge.tolist()[:5] == [NONE, NONE, NONE, 5, 5]
    two = town_of([*banks, (0, 12), (2, 14)], {5, 6})
    found = hanging(two, np.full(7, OPEN, dtype=np.int8))
    assert found is not None
    assert set(found.bridge[:5].tolist()) == {NONE}


def test_carriageways_side_by_side_are_one_bridge() -> None:
    """Two spans a few metres apart fall together: the far bank hangs on them."""
    x_m = ORIGIN_X_M + np.array([0.0, 300.0, 500.0, 700.0, 0.0, 300.0, 500.0])
    y_m = ORIGIN_Y_M + np.array([0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 10.0])
    edges = np.array([(0, 4), (0, 1), (4, 5), (1, 5), (1, 2), (5, 6), (2, 6), (2, 3)], np.int32)
    names = [f"street-{at}" for at in range(len(edges))]
    for span in (4, 5):
        names[span] = f"bridge-{span}"
    streets = make_streets(edges, x_m=x_m, y_m=y_m, names=names)
    town = make(streets, make_structures(["s"], x_m=x_m[:1], y_m=y_m[:1]))
    found = hanging(town, np.full(len(edges), OPEN, dtype=np.int8))
    assert found is not None
    assert found.bridge[7] in {4, 5}


def test_a_long_chain_of_lands_does_not_exhaust_the_stack() -> None:
    """Five thousand lands in a row, a bridge between each, are walked without recursion."""
    n = 5000
    x_m = ORIGIN_X_M + 100 * np.arange(2 * n, dtype=np.float64)
    edges = np.array(list(pairwise(range(2 * n))), dtype=np.int32)
    names = [f"{'bridge' if at % 2 else 'street'}-{at}" for at in range(len(edges))]
    streets = make_streets(edges, x_m=x_m, y_m=np.full(2 * n, ORIGIN_Y_M), names=names)
    town = make(streets, make_structures(["s"], x_m=x_m[:1], y_m=np.full(1, ORIGIN_Y_M)))
    found = hanging(town, np.full(len(edges), OPEN, dtype=np.int8))
    assert found is not None
    assert found.bridge[0] == NONE
    assert (found.bridge[2::2] == np.arange(1, len(edges), 2)).all()


def test_a_map_without_bridges_cannot_tell() -> None:
    """Where the map knows no bridge, nothing is said of any street."""
    assert hanging(draw("A-B-C").town, np.zeros(2, dtype=np.int8)) is None
