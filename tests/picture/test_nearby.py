# SPDX-License-Identifier: Apache-2.0
"""What a neighbourhood makes likely, and whom a point may mean."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade
from goldenhour.picture import nearby
from goldenhour.picture.known import metric_shapes
from goldenhour.picture.matching import mistaken_share, structures_of
from goldenhour.picture.nearby import Told, p_among_neighbours
from goldenhour.reports.said import DamageSaid
from goldenhour.town.town import Structures, Town
from tests.picture.saying import at, graded, picture, tell
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw

PRIOR = np.array(facts.fact("picture.prior_share").value)
RUIN = np.log([0.001, 0.02, 0.15, 0.70])
SOUND = np.log([0.97, 0.70, 0.40, 0.12])
NOTHING = np.zeros(4)


def told(*rows: tuple[float, NDArray[np.float64]]) -> Told:
    """Structures on a line, metres from its start, and what was said of each."""
    said = np.array([row[1] for row in rows])
    return Told(
        xy_m=np.array([[row[0], 0.0] for row in rows]),
        log_likelihood=said,
        silence=np.zeros_like(said),
        counts=np.asarray(said.any(axis=1), dtype=np.bool_),
    )


def test_alone_it_is_bayes_rule() -> None:
    """Of a structure that stands alone the shares before any report are the prior."""
    by_hand = PRIOR * np.exp(RUIN)
    p = p_among_neighbours(told((0, RUIN)))
    assert p[0] == pytest.approx(by_hand / by_hand.sum())


def test_ruins_next_door_make_damage_likelier_and_sound_houses_less() -> None:
    """The same word means more between ruins than between houses that stand."""
    possible = np.log([0.02, 0.06, 0.05, 0.03])
    between = [
        p_among_neighbours(told(*((15.0 * i, around) for i in range(1, 9)), (0, possible)))[-1]
        for around in (RUIN, SOUND)
    ]
    assert between[0][2:].sum() > 3 * between[1][2:].sum()


def test_nobody_far_away_has_a_say() -> None:
    """Ruins beyond the neighbourhood move a structure by the town's mean alone."""
    far = facts.number("picture.near_m") * 4
    one = told((0, SOUND), *((far + 10 * i, RUIN) for i in range(5)))
    other = replace(
        one, xy_m=one.xy_m + np.array([[0, 0]] + [[1000 * facts.number("picture.near_m"), 0]] * 5)
    )
    assert p_among_neighbours(one)[0] == pytest.approx(p_among_neighbours(other)[0], rel=1e-6)


def test_silence_speaks_to_the_neighbours_alone() -> None:
    """Being left out of a list makes damage next door less likely, and nothing of itself better."""
    quiet = told((0, RUIN), *((5.0 * i, NOTHING) for i in range(1, 13)))
    silence = np.vstack([NOTHING, np.tile(SOUND, (12, 1))])
    left_out = replace(quiet, silence=silence, counts=np.ones(13, dtype=np.bool_))
    before, after = p_among_neighbours(quiet), p_among_neighbours(left_out)
    assert after[0, 2:].sum() < before[0, 2:].sum()
    spoken_of = replace(left_out, silence=np.vstack([silence[:12], NOTHING]))
    assert p_among_neighbours(spoken_of)[12] == pytest.approx(after[12], abs=0.02)


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_neither_order_nor_place_of_the_town_matters(seed: int) -> None:
    """Shuffled structures, or a town moved by whole cells, give the same beliefs."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = int(rng.integers(1, 30))
    said = rng.normal(size=(n, 4)) * (rng.random(n) < 0.7)[:, None]
    town = Told(
        xy_m=rng.random((n, 2)) * 200,
        log_likelihood=said,
        silence=np.zeros((n, 4)),
        counts=np.asarray(said.any(axis=1), dtype=np.bool_),
    )
    p = p_among_neighbours(town)
    assert p.sum(axis=1) == pytest.approx(np.ones(n))
    order = rng.permutation(n)
    shuffled = Told(
        xy_m=town.xy_m[order],
        log_likelihood=said[order],
        silence=town.silence[order],
        counts=town.counts[order],
    )
    assert p_among_neighbours(shuffled) == pytest.approx(p[order])
    cell_m = facts.number("picture.near_m") / nearby._CELLS
    moved = replace(town, xy_m=town.xy_m + 8 * cell_m)
    assert p_among_neighbours(moved) == pytest.approx(p, abs=0.05)


def test_no_structures_are_no_beliefs() -> None:
    """A town without structures has none to believe anything of."""
    none = np.zeros((0, 4))
    empty = Told(
        xy_m=np.zeros((0, 2)), log_likelihood=none, silence=none, counts=np.zeros(0, dtype=np.bool_)
    )
    assert p_among_neighbours(empty).shape == (0, 4)


def row_of_houses(gap_m: float, n: int = 40) -> Town:
    """Houses on a line."""
    town = draw("A-B-C").town
    listed = town.structures
    x_m, y_m = ORIGIN_X_M + gap_m * np.arange(n), np.full(n, ORIGIN_Y_M)
    names = np.array([f"h{i}" for i in range(n)], dtype=np.object_)
    every = {field: np.repeat(getattr(listed, field)[:1], n) for field in listed.__slots__}
    every |= {"id": names, "x_m": x_m, "y_m": y_m, "outline": np.full(n, None)}
    return replace(town, structures=Structures(**every))


def test_unknown_stays_unknown_among_ruins() -> None:
    """A structure that nobody reported on is unknown, whatever stands around it."""
    p = picture(draw("A-B-C").town, graded("1")).damage.p_grade
    assert p[1:, Grade.U].tolist() == [1.0] * (len(p) - 1)


def test_a_point_between_houses_may_mean_either() -> None:
    """Where houses stand close a point is less sure than where they stand apart."""
    report = tell(DamageSaid(scale="unosat", code="1"), where=at(0, 0))
    shares = []
    for gap_m in (8.0, 16.0, 200.0):
        town = row_of_houses(gap_m)
        shape = metric_shapes(town, [report])
        place = structures_of(town, [report], shape)
        shares.append(float(mistaken_share(town, [report], shape, place)[0]))
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] == pytest.approx(0, abs=1e-6)
    spread = 2 * facts.number("picture.point_error_m") ** 2
    others = sum(np.exp(-((16.0 * i) ** 2) / spread) for i in range(1, 8))
    assert shares[1] == pytest.approx(others / (1 + others), rel=1e-3)
