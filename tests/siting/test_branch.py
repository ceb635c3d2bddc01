# SPDX-License-Identifier: Apache-2.0
"""The general search tree: right on every small problem, honest when it is cut short."""

from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.siting.engine import branch as branching
from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.program import Program
from goldenhour.siting.engine.pseudo_costs import PseudoCosts
from goldenhour.siting.highs import LpAnswer, LpStatus, WarmLp
from goldenhour.siting.linear_rows import LinearRows
from goldenhour.siting.plain.effort import Effort

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Most people covered with a budget; columns are sites and two clusters of homes."""

    covers: Bools
    people: Floats
    cost: Floats
    budget: float
    grain: float = 1.0
    rows: LinearRows = field(init=False)

    def __post_init__(self) -> None:
        """Write the budget as a row."""
        row = np.concatenate([self.cost, np.zeros(2)])[np.newaxis, :]
        object.__setattr__(self, "rows", LinearRows.from_dense(row, np.array([self.budget])))

    @property
    def n_open(self) -> int:
        """One column a site."""
        return int(self.covers.shape[1])

    @property
    def profit(self) -> Floats:
        """Only the clusters' coverage counts."""
        return np.concatenate([np.zeros(self.n_open), np.ones(2)])

    @property
    def lower(self) -> Floats:
        """All columns start at nothing."""
        return np.zeros(self.n_open + 2)

    @property
    def upper(self) -> Floats:
        """No cluster covers more than its people."""
        return np.concatenate([np.ones(self.n_open), [self.people.sum()] * 2])

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:  # noqa: ARG002 - all are exact
        """Touch the coverage of each cluster at the point."""
        point = value[: self.n_open]
        open_ = self.covers @ point < 1
        rows, limit = np.zeros((2, self.n_open + 2)), np.zeros(2)
        for at in range(2):
            mine = np.arange(len(self.people)) % 2 == at
            rows[at, : self.n_open] = -(self.people * open_ * mine) @ self.covers
            rows[at, self.n_open + at] = 1.0
            limit[at] = self.people[mine & ~open_].sum()
        over = rows @ value > limit
        return LinearRows.from_dense(rows[over], limit[over])

    def choice(self, value: Floats) -> Bools | None:
        """Open by fraction while the budget lasts."""
        chosen, left = np.zeros(self.n_open, np.bool_), self.budget
        for column in np.argsort(-value[: self.n_open], kind="stable"):
            if self.cost[column] <= left:
                chosen[column], left = True, left - self.cost[column]
        return chosen

    def worth(self, chosen: Bools) -> float:
        """Count people covered, if the money does."""
        if self.cost[chosen].sum() > self.budget:
            return -np.inf
        return float(self.people[self.covers[:, chosen].any(axis=1)].sum())


def some_problem(seed: int, n_homes: int = 12, n_sites: int = 7) -> Covered:
    """Draw a small problem."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return Covered(
        covers=rng.random((n_homes, n_sites)) < 0.3,
        people=rng.integers(0, 50, n_homes).astype(np.float64),
        cost=rng.integers(1, 9, n_sites).astype(np.float64),
        budget=float(rng.integers(0, 20)),
    )


def best_by_trying_all(problem: Covered) -> float:
    """Weigh every choice there is."""
    choices = product((False, True), repeat=problem.n_open)
    return max(problem.worth(np.array(choice)) for choice in choices)


@pytest.mark.laws
@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_tree_finds_and_proves_the_best_choice(seed: int) -> None:
    """Value and bound meet at the best of all choices."""
    problem = some_problem(seed)
    found = branch(problem, Effort())
    assert found.value == found.bound == best_by_trying_all(problem)
    assert found.chosen is not None
    assert problem.worth(found.chosen) == found.value


@pytest.mark.laws
@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 10_000),
    dive=st.sampled_from([0.0, 0.25, 1.0, np.inf]),
    nodes=st.sampled_from([2, 5, 1000]),
)
def test_dive_that_waits_its_turn_loses_nothing(seed: int, dive: float, nodes: int) -> None:
    """However soon a dive gives way to others, what it left undone counts."""
    problem = replace(some_problem(seed, 24, 10), grain=0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branching, "_DIVE", dive)
        found = branch(problem, Effort(nodes=nodes))
    best = best_by_trying_all(problem)
    assert found.value <= best <= found.bound * (1 + 1e-9) + 1e-9
    assert nodes < 1000 or found.value == best


@pytest.mark.laws
@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), n_first=st.integers(0, 10))
def test_rank_of_columns_changes_the_way_and_not_the_end(seed: int, n_first: int) -> None:
    """Whatever is branched on first, value and bound meet at the best of all choices."""
    problem = some_problem(seed, 24, 10)
    rank = (np.arange(10) >= n_first).astype(np.int64)
    found = branch(problem, Effort(), rank=rank)
    assert found.value == found.bound == best_by_trying_all(problem)


def test_columns_of_a_lower_rank_are_branched_on_first() -> None:
    """Of two sites in doubt the one of lower rank is taken, and any other where it is not."""
    problem = some_problem(8, 24, 10)
    program = Program(problem)
    box, answer = program.first_box(), program.solve(program.first_box())
    half = np.where(np.arange(12) < 6, 0.5, answer.value)
    for column in (1, 4):
        rank = np.where(np.arange(10) == column, 0, 1)
        costs = PseudoCosts(program, rank)
        assert costs.choose(box, replace(answer, value=half), 1e9)[0] == column
        sure = np.where(np.arange(12) == column, 1.0, half)
        assert costs.choose(box, replace(answer, value=sure), 1e9)[0] != column


@pytest.mark.laws
@settings(deadline=None)
@given(seed=st.integers(0, 10_000), nodes=st.integers(0, 3))
def test_tree_that_is_cut_short_still_bounds_the_best(seed: int, nodes: int) -> None:
    """Whatever was left undone counts in the bound."""
    problem = replace(some_problem(seed, 20, 9), grain=0.0)
    found = branch(problem, Effort(nodes=nodes))
    best = best_by_trying_all(problem)
    assert found.value <= best <= found.bound * (1 + 1e-9) + 1e-9


def test_impossible_problem_has_no_choice_and_a_bound_of_nothing() -> None:
    """That no choice keeps the rows is shown, not believed."""
    problem = some_problem(3)
    rows = LinearRows.from_dense(
        np.array([[1.0, 1.0] + [0.0] * 7]), np.array([np.inf]), least=np.array([2.5])
    )
    object.__setattr__(problem, "rows", rows)
    found = branch(problem, Effort())
    assert found.chosen is None
    assert found.bound == -np.inf


def test_stop_keeps_the_first_choice_with_an_honest_bound() -> None:
    """Who stops at once gets the choice that was handed in."""
    problem = some_problem(5, 40, 12)
    first = problem.choice(np.ones(14))
    found = branch(problem, Effort(stop=lambda: True), first=first)
    assert found.stopped
    assert first is not None
    assert found.value >= problem.worth(first)
    assert found.bound >= best_by_trying_all(problem)


def test_told_values_rise_and_bounds_fall() -> None:
    """Whoever watches sees the gap close, never open."""
    seen: list[tuple[float, float]] = []
    branch(some_problem(9, 60, 14), Effort(told=lambda value, bound: seen.append((value, bound))))
    values, bounds = np.array(seen).T
    assert len(seen) >= 1
    assert np.all(np.diff(values) >= 0)
    assert np.all(np.diff(bounds) <= 0)


@pytest.mark.laws
@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_multipliers_give_a_valid_bound(seed: int) -> None:
    """The bound is right even if the solver's multipliers are nonsense."""
    problem = some_problem(seed)
    program = Program(problem)
    rng = np.random.Generator(np.random.PCG64(seed))
    program.add(problem.cuts(rng.random(9), whole=False))
    answer = replace(program.solve(program.first_box()), signed=rng.normal(size=program.n_rows))
    assert program.bounded(answer, program.first_box()).bound >= best_by_trying_all(problem) - 1e-6


@pytest.mark.parametrize("nonsense", [np.full(1, np.nan), np.zeros(0), np.full(1, np.inf)])
def test_multipliers_that_are_no_numbers_still_give_a_bound(nonsense: Floats) -> None:
    """A solver that gives up leaves a bound that is high, never one that is missing."""
    problem = some_problem(4)
    program = Program(problem)
    answer = replace(program.solve(program.first_box()), signed=nonsense)
    bound = program.bounded(answer, program.first_box()).bound
    assert np.isfinite(bound)
    assert bound >= best_by_trying_all(problem)


def test_solver_that_runs_in_circles_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A simplex that never ends is cut off, and the tree still finds and proves the best."""
    problem, solve = some_problem(6), WarmLp.solve

    def in_circles(lp: WarmLp, *, iterations: int = 0) -> LpAnswer:
        return replace(solve(lp, iterations=iterations), status=LpStatus.STOPPED)

    monkeypatch.setattr(WarmLp, "solve", in_circles)
    found = branch(problem, Effort())
    assert found.value == found.bound == best_by_trying_all(problem)


def test_same_problem_same_bytes() -> None:
    """Two runs look at the same nodes and give the same choice."""
    one, two = (branch(some_problem(11, 80, 16), Effort()) for _ in range(2))
    assert one.nodes == two.nodes
    assert one.chosen is not None
    assert two.chosen is not None
    assert np.array_equal(one.chosen, two.chosen)
    assert np.array_equal(one.score, two.score)
