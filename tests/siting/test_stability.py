# SPDX-License-Identifier: Apache-2.0
"""How far a ranking holds: counted over draws, the same for the same seed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import facts, messages
from goldenhour.base.grades import Grade, Tier
from goldenhour.picture.belief import Picture
from goldenhour.siting.choosing.shortlist import preference
from goldenhour.siting.screening.screen import candidates, screen
from goldenhour.siting.screening.stability import (
    Ranked,
    Stability,
    ranked,
    site_stability,
    stability,
)
from goldenhour.siting.screening.verdicts import floor_area_m2
from tests.siting.cases import Case, case


def rng(seed: int = 0) -> np.random.Generator:
    """Give a source of chance."""
    return np.random.Generator(np.random.PCG64(seed))


def graded(picture: Picture, grade: Grade) -> Picture:
    """Believe one grade of every structure, firmly."""
    p_grade = np.zeros_like(picture.damage.p_grade)
    p_grade[:, grade] = 1.0
    return replace(picture, damage=replace(picture.damage, p_grade=p_grade))


def candidates_of(start: Case) -> Ranked:
    """Rank what a case offers for stabilisation."""
    return ranked(start.town, start.picture, start.screening.of(Tier.TSP))


def made_up(seed: int, n: int = 40) -> Ranked:
    """Make up candidates of which much or little is known."""
    chance = rng(seed)
    area_m2 = np.where(chance.random(n) < 0.3, np.nan, chance.integers(50, 60, n) * 10.0)
    return Ranked(
        row=chance.permutation(n).astype(np.int64),
        unknown=chance.random((n, 6)) < 0.5,
        area_m2=area_m2,
        p_severe=chance.random(n) * 0.5,
    )


@pytest.mark.laws
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_before_any_draw_is_the_preference(seed: int) -> None:
    """Unperturbed, the score ranks exactly as the shortlist prefers: unknowns, then area."""
    start = case(seed % 1000)
    tier = start.screening.of(Tier.TSP)
    rank = preference(tier, floor_area_m2(start.town, start.picture)[0])
    rows = np.flatnonzero(candidates(tier))
    found = stability(candidates_of(start), first=5, rng=rng(), n_draws=1)
    assert np.array_equal(found.row, rows[np.argsort(rank[rows])])


@pytest.mark.laws
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_counts_keep_within_the_draws(seed: int, first: int) -> None:
    """Nobody is first more often than a candidate, and each draw has so many first at most."""
    found = stability(made_up(seed), first=first, rng=rng(seed), n_draws=30)
    assert found.first == min(first, 40)
    assert (found.stays_first <= found.stays_candidate).all()
    assert (found.stays_candidate <= 30).all()
    assert found.stays_first.sum() <= 30 * found.first
    assert 0 <= found.overlap_share <= 1
    assert -1 <= found.kendall <= 1


def test_the_same_seed_gives_the_same_draws() -> None:
    """Twice the same seed, twice the same counts; another seed, others."""
    counts = [
        stability(made_up(1), first=10, rng=rng(seed)).stays_first.tolist() for seed in (3, 3, 4)
    ]
    assert counts[0] == counts[1] != counts[2]


def test_without_doubt_the_first_stay_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certain weights and a town known to be sound: nothing ever changes."""
    known = replace(made_up(5), p_severe=np.zeros(40))
    number = facts.number
    monkeypatch.setattr(
        facts, "number", lambda name: 0.0 if name.endswith("weight_spread_share") else number(name)
    )
    found = stability(known, first=10, rng=rng(), n_draws=20)
    assert (found.stays_first[:10] == 20).all()
    assert not found.stays_first[10:].any()
    assert found.overlap_share == 1
    assert found.kendall == pytest.approx(1, abs=0.2)  # equals count as no order


def test_what_is_surely_destroyed_is_never_a_candidate() -> None:
    """A structure that is certain to be down is first in no draw, and one that is sound in all."""
    start = case()
    down = ranked(start.town, graded(start.picture, Grade.G3), start.screening.of(Tier.TSP))
    found = stability(down, first=5, rng=rng(), n_draws=10)
    assert not found.stays_candidate.any()
    assert not found.stays_first.any()
    sound = ranked(start.town, graded(start.picture, Grade.G0), start.screening.of(Tier.TSP))
    assert (stability(sound, first=5, rng=rng(), n_draws=10).stays_candidate == 10).all()


def test_unreported_damage_is_drawn_as_likely_as_before_any_report() -> None:
    """Where nobody reported, the prior says how many are severely damaged: unknown is not sound."""
    prior = facts.fact("picture.prior_share").value
    known = candidates_of(case())
    assert known.p_severe == pytest.approx(prior[2] + prior[3])


def test_nobody_to_rank_is_no_error() -> None:
    """An empty ranking holds, trivially."""
    empty = Ranked(
        row=np.zeros(0, dtype=np.int64),
        unknown=np.zeros((0, 6), dtype=np.bool_),
        area_m2=np.zeros(0),
        p_severe=np.zeros(0),
    )
    found = stability(empty, first=20, rng=rng(), n_draws=3)
    assert isinstance(found, Stability)
    assert found.first == 0
    assert (found.kendall, found.overlap_share) == (1, 1)


@pytest.mark.parametrize("big", [True, False])
def test_a_site_says_how_far_it_keeps_its_place(*, big: bool) -> None:
    """One sentence with counts, in both languages; sites that nothing sets apart are called so."""
    start = case(big=big)
    tier = start.screening.of(Tier.TSP)
    row = int(np.flatnonzero(candidates(tier))[0])
    said = site_stability(start.town, start.picture, tier, row, seed=0)
    values = dict(said.values)
    assert said.code == ("siting.stays-equal" if big else "siting.stays-between")
    assert values["draws"] == "100"
    assert 60 < int(values["candidate"]) < 100
    assert int(values["rivals"]) > 1
    for language in messages.LANGUAGES:
        assert "{" not in messages.say(said.code, language, **values)


def test_the_place_of_a_site_is_told_with_its_range() -> None:
    """The best known candidate stays first; one in the middle moves between two places."""
    start = case(big=False)
    tier = start.screening.of(Tier.TSP)
    order = stability(candidates_of(start), first=1, rng=rng(), n_draws=1).row
    best = site_stability(start.town, start.picture, tier, int(order[0]), seed=0)
    assert best.code == "siting.stays-first"
    middle = dict(
        site_stability(start.town, start.picture, tier, int(order[len(order) // 2]), seed=0).values
    )
    assert int(middle["best"]) <= int(middle["place"]) <= int(middle["rivals"])
    assert int(middle["best"]) < int(middle["worst"]) <= int(middle["rivals"])


def test_a_site_that_stands_alone_is_first() -> None:
    """Without rivals within reach it keeps its place whenever damage spares it."""
    start = case(n_structures=1)
    tier = screen(start.town, start.picture).of(Tier.TSP)
    values = dict(site_stability(start.town, start.picture, tier, 0, seed=0).values)
    assert values["rivals"] == "1"
    assert values["stays"] == values["candidate"]
