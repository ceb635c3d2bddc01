# SPDX-License-Identifier: Apache-2.0
"""p-median, p-centre and fewest sites, against every choice there is."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.base.errors import BadQuestionError, InputError, NoPlanError
from goldenhour.siting.models import Choice, Effort, Sense, Solution, lscp, p_centre, p_median
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plain.times import as_times

ALMOST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A small question about times."""

    times: NDArray[np.float64]
    weights: NDArray[np.float64]
    choice: Choice

    @property
    def choices(self) -> list[tuple[int, ...]]:
        """Every choice that keeps to what is forced and forbidden."""
        may = [j for j in range(self.times.shape[1]) if j not in self.choice.forbidden]
        forced = set(self.choice.forced)
        return [sites for sites in combinations(may, self.choice.n) if forced <= set(sites)]

    def weigh(self, sites: tuple[int, ...]) -> tuple[float, float, float]:
        """Weight left out, weighted time and worst weighted time of one choice."""
        left = total = worst = 0.0
        for row, weight in zip(self.times, self.weights, strict=True):
            nearest = min((row[j] for j in sites), default=np.inf)
            if np.isinf(nearest):
                left += weight
                continue
            total += weight * nearest
            worst = max(worst, weight * nearest)
        return left, total, worst

    def best(self, which: int) -> tuple[float, float]:
        """Least weight left out, then least time (1) or least worst time (2)."""
        weighed = [self.weigh(sites) for sites in self.choices]
        least = min(left for left, _, _ in weighed)
        near = [each[which] for each in weighed if each[0] <= least + ALMOST]
        return least, min(near)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw few sites and demands, with ties, gaps, idle demand, forced and forbidden sites."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.Generator(np.random.PCG64(seed))
    n, m = draw(st.integers(1, 14)), draw(st.integers(1, 8))
    whole, largest = draw(st.booleans()), draw(st.sampled_from([3, 20, 1000]))
    times = rng.integers(0, largest, (n, m)).astype(np.float64)
    weights = rng.integers(0, draw(st.sampled_from([2, 5, 50])), n).astype(np.float64)
    if not whole:
        times, weights = times + rng.random((n, m)), weights * rng.random(n)
    times[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.3, 0.7, 0.9]))] = np.inf
    order = rng.permutation(m)
    n_forbidden = draw(st.integers(0, m - 1))
    p = draw(st.integers(0, m - n_forbidden))
    n_forced = draw(st.integers(0, p))
    choice = Choice(
        n=p,
        forbidden=tuple(int(j) for j in order[:n_forbidden]),
        forced=tuple(int(j) for j in order[n_forbidden : n_forbidden + n_forced]),
    )
    return Case(times=times, weights=weights, choice=choice)


def consistent(case: Case, found: Solution) -> None:
    """See that what a solution says of its sites is so."""
    assert found.sites in case.choices
    assert found.sense is Sense.LEAST
    is_open = np.isin(np.arange(case.times.shape[1]), found.sites)
    for row, site in enumerate(found.site_of):
        reached = np.where(is_open, case.times[row], np.inf)
        assert (site == -1) == np.isinf(reached).all()
        if site >= 0:
            assert site == int(np.argmin(reached))
    may = ~np.isin(np.arange(case.times.shape[1]), case.choice.forbidden)
    nowhere = np.flatnonzero(np.isinf(case.times[:, may]).all(axis=1))
    assert np.array_equal(found.not_servable, nowhere)


@pytest.mark.laws
@settings(max_examples=150, deadline=None)
@given(cases())
def test_p_median_is_the_best_choice_there_is(case: Case) -> None:
    """Nobody more can be served, then nobody sooner: proven, and equal to trying all choices."""
    found = p_median(case.times, case.weights, case.choice)
    left, total = case.best(1)
    consistent(case, found)
    assert case.weigh(found.sites)[0] == pytest.approx(left, abs=ALMOST)
    assert found.objective == pytest.approx(total, abs=1e-6)
    assert found.status is ProofStatus.OPTIMAL
    assert found.bound == found.objective
    assert np.isnan(found.greedy_objective) or found.greedy_objective >= total - 1e-6


@pytest.mark.laws
@settings(max_examples=150, deadline=None)
@given(cases())
def test_p_centre_is_the_best_choice_there_is(case: Case) -> None:
    """Nobody more can be served, then the worst-served no sooner: equal to trying all choices."""
    found = p_centre(case.times, case.choice, case.weights)
    left, worst = case.best(2)
    consistent(case, found)
    assert case.weigh(found.sites)[0] == pytest.approx(left, abs=ALMOST)
    assert found.objective == pytest.approx(worst, abs=ALMOST)
    assert found.status is ProofStatus.OPTIMAL
    assert found.gap == 0


@pytest.mark.laws
@settings(max_examples=150, deadline=None)
@given(cases())
def test_lscp_needs_no_fewer_sites(case: Case) -> None:
    """The number of sites is the smallest that covers all who can be covered."""
    cover = np.isfinite(case.times)
    forced, forbidden = case.choice.forced, case.choice.forbidden
    found = lscp(cover, forced=forced, forbidden=forbidden)
    may = [j for j in range(cover.shape[1]) if j not in forbidden]
    can = cover[:, may].any(axis=1)
    fewest = min(
        len(sites)
        for n in range(len(may) + 1)
        for sites in combinations(may, n)
        if set(forced) <= set(sites) and cover[can][:, list(sites)].any(axis=1).all()
    )
    assert found.objective == found.bound == fewest == len(found.sites)
    assert found.status is ProofStatus.OPTIMAL
    assert set(forced) <= set(found.sites)
    assert not set(forbidden) & set(found.sites)
    assert np.array_equal(found.not_servable, np.flatnonzero(~can))
    for row, site in enumerate(found.site_of):
        assert site == next((j for j in found.sites if cover[row, j]), -1)


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(cases())
def test_work_cut_short_still_bounds(case: Case) -> None:
    """Stopped at once, the plan stands; what was proven by then holds."""
    effort = Effort(nodes=0, stop=lambda: True)
    for which, found in (
        (1, p_median(case.times, case.weights, case.choice, effort=effort)),
        (2, p_centre(case.times, case.choice, case.weights, effort=effort)),
    ):
        consistent(case, found)
        left, best = case.best(which)
        least = [each[which] for each in map(case.weigh, case.choices) if each[0] <= left + ALMOST]
        assert found.bound <= found.objective
        assert found.bound <= min(least) + 1e-6
        if found.status is ProofStatus.OPTIMAL:
            assert found.objective == pytest.approx(best, abs=1e-6)
    cover = np.isfinite(case.times)
    few = lscp(cover, effort=effort)
    assert few.bound <= lscp(cover).objective <= few.objective


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(cases())
def test_dense_and_sparse_times_are_one(case: Case) -> None:
    """What a sparse array leaves out is as far as infinity in a table; a stored 0 is no time."""
    rows, columns = np.nonzero(np.isfinite(case.times))
    stored = (case.times[rows, columns], (rows, columns))
    thin = sparse.csr_array(stored, shape=case.times.shape)
    for form in (thin, thin.tocsc(), thin.tocoo(), as_times(case.times)):
        one = p_median(case.times, case.weights, case.choice)
        other = p_median(form, case.weights, case.choice)
        assert (one.sites, one.objective) == (other.sites, other.objective)
        assert np.array_equal(one.site_of, other.site_of)
    assert p_centre(thin, case.choice).sites == p_centre(case.times, case.choice).sites


def spread(seed: int, n: int, m: int) -> NDArray[np.float64]:
    """Scatter demand and sites over a square; whole seconds."""
    rng = np.random.Generator(np.random.PCG64(seed))
    home, site = rng.random((n, 2)), rng.random((m, 2))
    away: NDArray[np.float64] = np.linalg.norm(home[:, None] - site[None], axis=2)
    return np.floor(1000 * away)


@pytest.mark.laws
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_more_sites_never_cost_more(seed: int) -> None:
    """One site more never makes anybody slower, and as many sites as demand leave nothing."""
    times = spread(seed, 40, 12)
    medians = [p_median(times, None, p).objective for p in range(1, 13)]
    centres = [p_centre(times, p).objective for p in range(1, 13)]
    assert medians == sorted(medians, reverse=True)
    assert centres == sorted(centres, reverse=True)
    assert medians[-1] == times.min(axis=1).sum()
    assert centres[-1] == times.min(axis=1).max()


@pytest.mark.laws
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_centre_and_fewest_sites_agree(seed: int) -> None:
    """Within the centre's time that many sites do; within any shorter time they do not."""
    times = spread(seed, 60, 30)
    found = p_centre(times, 4)
    assert lscp(times <= found.objective).objective <= 4
    shorter = lscp(times < found.objective)
    assert shorter.objective > 4 or len(shorter.not_servable)


@pytest.mark.parametrize("seed", range(3))
def test_larger_towns_are_proven_by_a_second_way(seed: int) -> None:
    """A thin table of the near sites and the whole table give the same proven time."""
    times = spread(seed, 150, 60)
    found = p_median(times, np.arange(150) % 7 + 1, 6)
    worst = times[np.arange(150), found.site_of].max()
    near = np.where(times <= worst, times, np.inf)
    thin = p_median(near, np.arange(150) % 7 + 1, 6)
    assert found.status is thin.status is ProofStatus.OPTIMAL
    assert found.objective == thin.objective
    assert np.all(thin.site_of >= 0)


@pytest.mark.parametrize("reach", [150.0, 300.0, 2000.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_tree_alone_finds_the_same(
    monkeypatch: pytest.MonkeyPatch, seed: int, reach: float
) -> None:
    """Without prices to shrink the question, cuts and branching give the best of all choices."""
    monkeypatch.setattr("goldenhour.siting.engine.assignment_prove._MOST_STAGES", 0)
    times = spread(seed, 80, 13)
    case = Case(
        times=np.where(times <= reach, times, np.inf),
        weights=(np.arange(80) % 5 + 1).astype(np.float64),
        choice=Choice(n=4, forced=(seed,)),
    )
    found = p_median(case.times, case.weights, case.choice)
    assert found.nodes > 0
    assert (case.weigh(found.sites)[0], found.objective) == case.best(1)
    assert found.status is ProofStatus.OPTIMAL


def test_who_cannot_all_be_reached_are_left_out_by_weight() -> None:
    """One site for two islands: the heavier is served, the lighter named, and nobody forgotten."""
    times = np.array([[5.0, np.inf], [9.0, np.inf], [np.inf, 1.0], [np.inf, np.inf]])
    found = p_median(times, [1, 1, 3, 7], 1)
    assert found.sites == (1,)
    assert found.site_of.tolist() == [-1, -1, 1, -1]
    assert found.not_servable.tolist() == [3]
    assert found.objective == 3
    assert found.status is ProofStatus.OPTIMAL
    assert p_centre(times, 1, [1, 1, 3, 7]).sites == (1,)
    assert p_centre(times, 1).sites == (0,)


def test_progress_is_told_and_only_gets_better() -> None:
    """Time falls, bound rises, and the last word is the answer."""
    heard: list[tuple[float, float]] = []
    times = spread(5, 120, 80)
    found = p_median(times, None, 7, effort=Effort(told=lambda *pair: heard.append(pair)))
    objectives, bounds = zip(*heard, strict=True)
    assert list(objectives) == sorted(objectives, reverse=True)
    assert list(bounds) == sorted(bounds)
    assert heard[-1] == (found.objective, found.bound)


def test_a_gap_that_was_asked_for_is_kept() -> None:
    """Somebody content with five per cent gets no worse, though many are left out."""
    times = spread(8, 150, 40)
    near = np.where(times <= 120, times, np.inf)
    found = p_median(near, None, 5, effort=Effort(gap_share=0.05))
    assert (found.site_of < 0).sum() > 20
    assert found.objective - found.bound <= 0.05 * found.objective
    assert found.objective >= p_median(near, None, 5).objective >= found.bound


def test_same_question_same_answer() -> None:
    """Three runs, one answer."""
    times = spread(6, 100, 60)
    runs = [p_median(times, None, 5) for _ in range(3)]
    assert len({(run.sites, run.bound, run.score.tobytes()) for run in runs}) == 1


@pytest.mark.parametrize(
    "times",
    [
        [[1.0, np.nan]],
        [[1.0, -1.0]],
        [1.0, 2.0],
        [["far", "near"]],
        [[1.0, 2.0], [3.0]],
        sparse.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(1, 2)),
        sparse.csr_array([[1.0, np.nan]]),
    ],
)
def test_times_that_cannot_be_counted_are_refused(times: object) -> None:
    """No table, NaN, less than nothing, a pair given twice: named, with what to do."""
    with pytest.raises(InputError) as caught:
        p_median(times, None, 1)
    assert caught.value.code == "GH121"
    assert caught.value.do
    with pytest.raises(InputError, match="GH121"):
        p_centre(times, 1)


@pytest.mark.parametrize("weights", [[1.0, -1.0], [np.nan, 1.0], [1.0], [[1.0], [1.0]]])
def test_weights_that_cannot_be_counted_are_refused(weights: list[float]) -> None:
    """Negative, unknown or missing weights end in a named error."""
    with pytest.raises(InputError) as caught:
        p_median(np.ones((2, 2)), weights, 1)
    assert caught.value.code == "GH121"


def test_contradictory_wishes_are_refused() -> None:
    """More sites than there are, or one both forced and forbidden, is no question."""
    with pytest.raises(NoPlanError):
        p_median(np.ones((2, 2)), None, 3)
    with pytest.raises(NoPlanError):
        p_centre(np.ones((2, 2)), Choice(n=2, forbidden=(0,)))
    with pytest.raises(BadQuestionError):
        lscp(np.ones((2, 2)), forced=(0,), forbidden=(0,))
    with pytest.raises(InputError):
        lscp(np.ones(3))
