# SPDX-License-Identifier: Apache-2.0
"""Shortlists: few enough, where people are, and never without what is demanded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.choosing.shortlist import Ground, near, one_a_street, preference, shortlist
from goldenhour.siting.screening.requirements import RULES
from goldenhour.siting.screening.table import TierScreening

NONE = np.zeros(0, dtype=np.int64)


def make_ground(seed: int, n: int = 200) -> Ground:
    """Scatter structures over a square kilometre, most people in one corner."""
    rng = np.random.Generator(np.random.PCG64(seed))
    x_m, y_m = rng.uniform(0, 1000, n), rng.uniform(0, 1000, n)
    return Ground(
        x_m=x_m,
        y_m=y_m,
        street=rng.integers(0, n // 2, n).astype(np.int32),
        rank=rng.permutation(n).astype(np.int64),
        people=np.where((x_m < 300) & (y_m < 300), 50.0, 1.0),
    )


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 120))
def test_a_shortlist_is_short_and_keeps_what_it_must(seed: int, at_most: int) -> None:
    """It holds candidates only, about as many as asked, and always those demanded."""
    ground = make_ground(seed)
    candidates = np.flatnonzero(np.arange(200) % 4 != 0)
    chosen = shortlist(candidates, ground, at_most=at_most, always=candidates[:2])
    assert np.all(np.isin(chosen, candidates))
    assert np.all(np.isin(candidates[:2], chosen))
    assert len(chosen) <= at_most + 3 + 2
    assert np.array_equal(chosen, np.unique(chosen))


def test_few_candidates_all_stay() -> None:
    """Where all candidates fit, none is left out."""
    candidates = np.arange(50)
    assert shortlist(candidates, make_ground(1), at_most=50, always=NONE).tolist() == list(
        range(50)
    )


def test_the_preferred_structure_stands_for_its_street() -> None:
    """Of the candidates on one street, the first by preference is examined."""
    ground = make_ground(2)
    for row in one_a_street(np.arange(200), ground):
        rivals = np.flatnonzero(ground.street == ground.street[row])
        assert ground.rank[row] == ground.rank[rivals].min()


def test_more_is_examined_where_people_are() -> None:
    """A crowded corner gets more than its share of the area."""
    ground = make_ground(3, n=2000)
    chosen = shortlist(np.arange(2000), ground, at_most=100, always=NONE)
    crowded = (ground.x_m[chosen] < 300) & (ground.y_m[chosen] < 300)
    assert crowded.mean() > 0.3


def test_near_finds_the_nearest() -> None:
    """The nearest candidates of a site come back in, nearest first."""
    ground = make_ground(4)
    found = near(np.arange(1, 200), ground, centres=np.array([0]), each=5)
    away = np.hypot(ground.x_m - ground.x_m[0], ground.y_m - ground.y_m[0])
    assert set(found) == set(np.argsort(away[1:], kind="stable")[:5] + 1)


def test_fewer_unknowns_go_first_then_larger_area() -> None:
    """A structure of which more is known goes before a larger one."""
    verdict = np.full((4, len(RULES)), Verdict.UNKNOWN, dtype=np.int8)
    verdict[2, :3] = Verdict.FIT
    screening = TierScreening(tier=Tier.TSP, rules=RULES, verdict=verdict)
    rank = preference(screening, np.array([np.nan, 200.0, 50.0, 900.0]))
    assert np.argsort(rank).tolist() == [2, 3, 1, 0]
