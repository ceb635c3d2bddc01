# SPDX-License-Identifier: Apache-2.0
"""Rubble on streets: how far it reaches, how wide the street is, how sure the damage is."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade, Verdict
from goldenhour.picture.belief import DamageBelief, Evidence
from goldenhour.picture.rubble import rubble_share
from goldenhour.picture.snapping import Snapper
from goldenhour.town.town import Town
from tests.picture.saying import picture, visited
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make, make_streets, make_structures, make_town

DESTROYED = [0.0, 0.0, 0.0, 1.0, 0.0]
SEVERE = [0.0, 0.0, 1.0, 0.0, 0.0]
INTACT = [1.0, 0.0, 0.0, 0.0, 0.0]
NOT_KNOWN = [0.0, 0.0, 0.0, 0.0, 1.0]
SIDE_M = 20.0
FALLS = 0.25


def beside(
    *fronts_m: float, highway: str = "residential", storeys: float = 3, length_m: float = 400
) -> Town:
    """Draw one street to the east, and square houses along it whose fronts stand this far off."""
    streets = make_streets(
        np.array([[0, 1]], dtype=np.int32),
        x_m=ORIGIN_X_M + np.array([0.0, length_m]),
        y_m=ORIGIN_Y_M + np.zeros(2),
        names=["street"],
    )
    n = len(fronts_m)
    houses = make_structures(
        [f"s-{i}" for i in range(n)],
        x_m=ORIGIN_X_M + (np.arange(n) + 1.0) * length_m / (n + 1),
        y_m=ORIGIN_Y_M + np.array(fronts_m) + SIDE_M / 2,
        side_m=SIDE_M,
    )
    houses = replace(houses, storeys=np.full(n, storeys, dtype=np.float32))
    classed = np.array([highway], dtype=np.object_)
    return make(replace(streets, highway=classed), houses)


def share(town: Town, *rows: list[float]) -> NDArray[np.float32]:
    """Work out the rubble of a town whose structures have these grades."""
    n = town.structures.n
    belief = DamageBelief(
        p_grade=np.array(rows, dtype=np.float32).reshape(n, 5),
        visited=np.zeros(n, dtype=np.bool_),
        verdict=np.full(n, Verdict.UNKNOWN, dtype=np.int8),
        visit_area_m2=np.full(n, np.nan),
        evidence=Evidence(start=np.zeros(n + 1, np.int64), report=np.zeros(0, np.int32)),
    )
    return rubble_share(town, belief, Snapper(town.streets))


def test_a_collapsed_house_beside_a_wide_road_does_not_block_it() -> None:
    """Three storeys fall 9 m at most: a trunk road of 10 m keeps its 3 m free."""
    assert share(beside(9.0, highway="trunk"), DESTROYED)[0] == 0


def test_a_collapsed_house_in_an_alley_likely_blocks_it() -> None:
    """The same house on a narrow lane blocks it nearly whenever it falls that way."""
    alley = share(beside(2.5, highway="living_street"), DESTROYED)[0]
    assert alley == pytest.approx(FALLS * (1 - (2.5 + 2.25 - 3) / 9))
    assert share(beside(2.5, highway="living_street", storeys=1), DESTROYED)[0] < alley


def test_ruins_along_a_street_add_up_as_chances() -> None:
    """Two ruins block more likely than one, less than twice, and however long the street is."""
    one = share(beside(3.0), DESTROYED)[0]
    two = share(beside(3.0, 3.0), DESTROYED, DESTROYED)[0]
    assert two == pytest.approx(1 - (1 - one) ** 2)
    assert share(beside(3.0, length_m=30), DESTROYED)[0] == pytest.approx(one)
    assert share(beside(*[3.0] * 40), *[DESTROYED] * 40)[0] > 0.99


def test_severe_damage_throws_far_less_than_collapse() -> None:
    """A house that stands, with a corner gone, blocks a fifth as often as one that fell."""
    severe, gone = (share(beside(3.0), row)[0] for row in (SEVERE, DESTROYED))
    assert severe == pytest.approx(gone / 5)


def test_intact_is_not_unknown() -> None:
    """Intact neighbours give no rubble; neighbours nobody looked at give no answer."""
    assert share(beside(3.0), INTACT).tolist() == [0.0]
    assert np.isnan(share(beside(3.0), NOT_KNOWN)).all()
    assert np.isnan(share(beside(16.0), DESTROYED)).all(), "too far off to tell anything"
    assert np.isnan(share(beside(), *[])).all()


def test_a_point_counts_as_a_house_at_the_usual_set_back() -> None:
    """Without outline the front is guessed: never on the street, never behind the point."""
    town = beside(-8.0, -2.0, 2.0)  # the points lie 2, 8 and 12 m from the line
    bare = np.full(3, None, dtype=np.object_)
    town = replace(town, structures=replace(town.structures, outline=bare))
    rows = np.full((3, 3), 0.0)
    for i in range(3):
        told = [DESTROYED if j == i else INTACT for j in range(3)]
        rows[i, 0] = share(town, *told)[0]
    front_m = np.array([4.0, 4.0, 7.0])  # half of 6 m and 1 m of pavement; 12 m less half a house
    assert rows[:, 0] == pytest.approx(FALLS * (1 - front_m / 9))


def test_houses_tell_nothing_about_a_bridge() -> None:
    """A deck stands above the rubble beside it: only a report says whether it carries."""
    town = beside(3.0)
    bridge = replace(town, streets=replace(town.streets, bridge=np.array([True])))
    assert np.isnan(share(bridge, DESTROYED)).all()


def test_unknown_height_is_the_towns_average() -> None:
    """Where files state heights they speak for the rest, rounded up; else a fact stands in."""
    stated = np.array([np.nan] + [1.0] * 20 + [4.0] * 10, dtype=np.float32)  # 2 on average
    town = beside(3.0, *[300.0] * 30)
    town = replace(town, structures=replace(town.structures, storeys=stated))
    rows = [DESTROYED] + [NOT_KNOWN] * 30
    assert share(town, *rows)[0] == share(beside(3.0, storeys=2), DESTROYED)[0]
    usual = facts.number("picture.storeys_unknown")
    by_fact = share(beside(3.0, storeys=np.nan), DESTROYED)[0]
    assert by_fact == share(beside(3.0, storeys=usual), DESTROYED)[0]


def test_a_street_of_unknown_class_counts_as_narrow() -> None:
    """What the file does not say is not taken for a wide road."""
    odd, wide = (share(beside(3.0, highway=word), DESTROYED)[0] for word in ("", "primary"))
    assert odd > wide


def test_reports_reach_the_streets() -> None:
    """A house that a team found destroyed shows at its own corner and nowhere else."""
    town = draw("A--B--C").town
    found = picture(town, visited(Grade.G3, Verdict.UNFIT)).streets.rubble_share
    p = picture(town, visited(Grade.G3, Verdict.UNFIT)).damage.p_grade[0]
    falls = FALLS * p[Grade.G3] + 0.05 * p[Grade.G2]
    assert found[0] == pytest.approx(falls * (1 - 0.1 / 9), rel=1e-5), "it stands on the street"
    assert np.isnan(found[1])


def test_every_street_agrees_with_counting_by_hand() -> None:
    """House by house, street by street, as the fact sheet says it."""
    town = make_town(5, n_structures=150)
    rng = np.random.Generator(np.random.PCG64(5))
    p = rng.dirichlet(np.ones(5), town.structures.n).astype(np.float32)
    p[rng.random(len(p)) < 0.3] = NOT_KNOWN
    assert share(town, *p.tolist()) == pytest.approx(_by_hand(town, p), abs=1e-6, nan_ok=True)


def _by_hand(town: Town, p: NDArray[np.float32]) -> NDArray[np.float64]:
    """Go through all pairs; every street is residential and no height is stated."""
    expected = np.full(town.streets.n_edges, np.nan)
    listed = town.structures
    for e, line in enumerate(town.streets.line):
        for s, outline in enumerate(listed.outline):
            body = outline or shapely.Point(listed.x_m[s], listed.y_m[s])
            away_m = body.distance(line)
            if p[s, Grade.U] == 1 or away_m > 15 or town.streets.bridge[e]:
                continue
            front_m = away_m if outline else max(away_m - 5, 4.0)
            reaches = min(max(1 - max(front_m, 0.1) / 9, 0), 1)  # 6 m wide, 3 m needed
            blocks = reaches * (0.05 * p[s, Grade.G2] + FALLS * p[s, Grade.G3])
            passes = 1 - (0 if np.isnan(expected[e]) else expected[e])
            expected[e] = 1 - passes * (1 - blocks)
    return expected


grades = st.lists(st.floats(0.01, 1), min_size=5, max_size=5)


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(
    st.lists(grades, min_size=3, max_size=3),
    st.integers(0, 2),
    st.integers(0, 3),
    st.floats(0, 1),
    st.sampled_from(["trunk", "residential", "footway", ""]),
)
def test_worse_damage_never_lowers_rubble(
    weights: list[list[float]], house: int, grade: int, moved: float, highway: str
) -> None:
    """Belief that moves from any grade to a worse one, or from unknown, never helps a street."""
    p = np.array(weights) / np.sum(weights, axis=1, keepdims=True)
    town = beside(1.0, 4.0, 9.0, highway=highway)
    before = share(town, *p.tolist())[0]
    worse = p.copy()
    for source in {grade, int(Grade.U)}:
        part = p[house, source] * moved
        target = min(grade + 1, int(Grade.G3))
        worse[house, source] -= part
        worse[house, target] += part
    after = share(town, *worse.tolist())[0]
    assert 0 <= before <= after + 1e-6 <= 1 + 1e-6


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.floats(-5, 14), st.floats(0, 5), st.sampled_from(["trunk", "residential", "footway"]))
def test_a_front_farther_off_never_blocks_more(front_m: float, by_m: float, highway: str) -> None:
    """Standing back from the street, or on a wider one, a house blocks no more likely."""
    near = share(beside(front_m, highway=highway), DESTROYED)[0]
    far = share(beside(front_m + by_m, highway=highway), DESTROYED)[0]
    wide = share(beside(front_m, highway="motorway"), DESTROYED)[0]
    assert np.isnan(far) or far <= near + 1e-6
    assert wide <= near
