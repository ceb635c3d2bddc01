# SPDX-License-Identifier: Apache-2.0
"""Capacities together with distances and a budget: against every choice there is."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, NoPlanError
from goldenhour.siting.models.chain import Links
from goldenhour.siting.models.chain_capacitated import chain_capacitated
from goldenhour.siting.models.side_rules import Rules
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus, Solution
from tests.siting.test_capacity import Town, make_town


def drawn(town: Town, seed: int) -> tuple[Rules, NDArray[np.int32] | None]:
    """Draw some distances, a budget or none, and structures that are offered for both tiers."""
    rng = np.random.Generator(np.random.PCG64(seed + 7))
    n_sites, n_hospitals = town.linked.shape
    pairs = np.array(list(combinations(range(n_sites), 2)), dtype=np.int32).reshape(-1, 2)
    rules = Rules(
        apart=pairs[rng.random(len(pairs)) < rng.choice([0.0, 0.2, 0.6])],
        site_cost=np.asarray(rng.integers(0, 9, n_sites), dtype=np.float64),
        hospital_cost=np.asarray(rng.integers(0, 9, n_hospitals), dtype=np.float64),
        budget=np.inf if rng.random() < 0.5 else float(rng.integers(1, 25)),
        at_most=bool(rng.random() < 0.5),
    )
    same = None
    if rng.random() < 0.5:
        same = np.full(n_sites, -1, dtype=np.int32)
        shared = min(n_sites, n_hospitals)
        same[rng.permutation(n_sites)[:shared]] = np.arange(shared)
    return rules, same


def keeps(
    rules: Rules, same: NDArray[np.int32] | None, sites: tuple[int, ...], beyond: tuple[int, ...]
) -> bool:
    """Whether a choice keeps distances, the budget, and one tier a structure."""
    assert rules.site_cost is not None
    assert rules.hospital_cost is not None
    apart = not any(int(a) in sites and int(b) in sites for a, b in rules.apart)
    cost = rules.site_cost[list(sites)].sum() + rules.hospital_cost[list(beyond)].sum()
    single = same is None or not {int(same[j]) for j in sites} & set(beyond)
    return bool(apart and single and cost <= rules.budget)


def best_of(town: Town, rules: Rules, same: NDArray[np.int32] | None) -> float:
    """People served by the best choice that keeps the rules; -1 if there is none."""
    tiers = [
        [
            rows
            for size in (range(n + 1) if rules.at_most else [n])
            for rows in combinations(range(count), size)
        ]
        for n, count in ((town.k, len(town.room)), (town.m, len(town.beds)))
    ]
    return max(
        (
            town.served_along(sites, beyond)
            for sites in tiers[0]
            for beyond in tiers[1]
            if keeps(rules, same, sites, beyond)
        ),
        default=-1.0,
    )


def solve(
    town: Town, rules: Rules, same: NDArray[np.int32] | None = None, effort: Effort | None = None
) -> Solution:
    """Solve it."""
    return chain_capacitated(
        town.covers,
        Links(linked=town.linked, same=same),
        town.people,
        tsp_capacity=town.room,
        hospital_capacity=town.beds,
        sites=Choice(n=town.k),
        hospitals=Choice(n=town.m),
        rules=rules,
        effort=effort,
    )


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_no_choice_that_keeps_the_rules_is_better(seed: int, whole: bool) -> None:  # noqa: FBT001 - hypothesis
    """The plan serves as many as the best of all choices, tried one by one, and keeps each rule."""
    town = make_town(seed, whole=whole)
    rules, same = drawn(town, seed)
    best = best_of(town, rules, same)
    if best < 0:
        with pytest.raises(NoPlanError) as caught:
            solve(town, rules, same)
        assert caught.value.code == "GH431"
        return
    found = solve(town, rules, same)
    assert found.status is ProofStatus.OPTIMAL
    assert found.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert found.greedy_objective <= found.objective * (1 + 1e-9)
    assert keeps(rules, same, found.sites, found.field_hospitals)
    served = town.served_along(found.sites, found.field_hospitals)
    assert served == pytest.approx(found.objective, rel=1e-9, abs=1e-9)


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_rule_never_helps(seed: int) -> None:
    """With rules on top of capacities nobody more is served."""
    town = make_town(seed)
    rules, _ = drawn(town, seed)
    if best_of(town, rules, None) < 0:
        return
    freely = Rules(at_most=rules.at_most)
    assert solve(town, rules).objective <= solve(town, freely).objective * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_stopped_at_once_it_still_keeps_the_rules(seed: int) -> None:
    """A search that may look at one node gives a choice that keeps the rules, and a true bound."""
    town = make_town(seed)
    rules, same = drawn(town, seed)
    best = best_of(town, rules, same)
    if best < 0:
        return
    found = solve(town, rules, same, Effort(nodes=1))
    assert keeps(rules, same, found.sites, found.field_hospitals)
    assert found.objective <= best * (1 + 1e-9)
    assert found.bound >= best * (1 - 1e-9)


@pytest.mark.parametrize(
    "rules", [Rules(backup_share=0.5), Rules(zone=np.zeros(1, dtype=np.int32))]
)
def test_what_has_no_meaning_within_capacities_is_refused(rules: Rules) -> None:
    """A backup or zones beside capacities are refused by name."""
    with pytest.raises(InputError) as caught:
        solve(make_town(1), rules)
    assert caught.value.code == "GH121"
