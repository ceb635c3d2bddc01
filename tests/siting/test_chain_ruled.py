# SPDX-License-Identifier: Apache-2.0
"""The chain under side rules against every choice there is: each rule alone, and all together."""

from dataclasses import dataclass, replace
from itertools import chain as joined
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import NoPlanError
from goldenhour.siting.models.chain_ruled import RuledSolution, chain_ruled
from goldenhour.siting.models.side_rules import Rules
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus
from tests.siting.oracle import Instance, make_instance

RULES = ("apart", "budget", "backup", "zones", "at-most", "forced")


@dataclass(frozen=True)
class Best:
    """What brute force finds: the best share, then the best value; None if nothing keeps rules."""

    share: float
    value: float


def solve(instance: Instance, rules: Rules, effort: Effort | None = None) -> RuledSolution:
    """Solve one instance."""
    return chain_ruled(
        instance.cover,
        instance.links,
        instance.people,
        sites=instance.sites,
        hospitals=instance.hospitals,
        rules=rules,
        effort=effort,
    )


def drawn_rules(instance: Instance, seed: int, asked: set[str]) -> tuple[Instance, Rules]:
    """Draw the rules that are asked for."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n_sites, n_hospitals = instance.linked.shape
    rules = Rules(zone=None)
    pairs = np.array(list(combinations(range(n_sites), 2)), dtype=np.int32).reshape(-1, 2)
    if "apart" in asked:
        rules = replace(rules, apart=pairs[rng.random(len(pairs)) < rng.choice([0.2, 0.6])])
    if "budget" in asked:
        site_cost, hospital_cost = (
            np.asarray(rng.integers(0, 9, n), dtype=np.float64) for n in (n_sites, n_hospitals)
        )
        rules = replace(
            rules,
            site_cost=site_cost,
            hospital_cost=hospital_cost,
            budget=float(rng.integers(1, 25)),
        )
    if "backup" in asked:
        rules = replace(rules, backup_share=float(rng.choice([0.1, 0.5, 1.0])))
    if "zones" in asked:
        n_homes = len(instance.people)
        rules = replace(rules, zone=rng.integers(0, 3, n_homes).astype(np.int32))
    if "at-most" in asked:
        rules = replace(rules, at_most=True)
    if "forced" in asked:
        order = rng.permutation(n_sites).tolist()
        instance = replace(
            instance,
            sites=Choice(n=instance.sites.n, forced=(order[0],), forbidden=(order[-1],)),
        )
    return instance, rules


def choices(choice: Choice, n: int, *, at_most: bool) -> list[tuple[int, ...]]:
    """All sets of one tier that honour what is forced and forbidden."""
    allowed = [row for row in range(n) if row not in choice.forbidden]
    sizes = range(choice.n + 1) if at_most else [choice.n]
    sets = joined.from_iterable(combinations(allowed, size) for size in sizes)
    return [rows for rows in sets if set(choice.forced) <= set(rows)]


def keeps(instance: Instance, rules: Rules, sites: set[int], hospitals: set[int]) -> bool:
    """Whether one choice keeps distances, the budget and one tier a structure."""
    if any(int(a) in sites and int(b) in sites for a, b in rules.apart):
        return False
    if instance.same is not None and {int(instance.same[j]) for j in sites} & hospitals:
        return False
    cost = 0.0
    if rules.site_cost is not None and rules.hospital_cost is not None:
        cost = float(
            rules.site_cost[list(sites)].sum() + rules.hospital_cost[list(hospitals)].sum()
        )
    return cost <= rules.budget


def value(instance: Instance, rules: Rules, sites: set[int], hospitals: set[int]) -> Best:
    """Share and value of one choice, home by home."""
    times = np.zeros(len(instance.people))
    for j in sites:
        if any(instance.linked[j, k] for k in hospitals):
            times += instance.covers[j]
    people = instance.people
    worth = float(people[times > 0].sum() + rules.backup_share * people[times > 1].sum())
    share = 1.0
    if rules.zone is not None:
        reachable = instance.covers.any(axis=0) & (people > 0)
        for zone in np.unique(rules.zone[reachable]):
            inside = rules.zone == zone
            share = min(share, float(people[inside & (times > 0)].sum() / people[inside].sum()))
    return Best(share, worth)


def best_of(instance: Instance, rules: Rules) -> Best | None:
    """Try everything."""
    n_sites, n_hospitals = instance.linked.shape
    found = [
        value(instance, rules, set(sites), set(hospitals))
        for sites in choices(instance.sites, n_sites, at_most=rules.at_most)
        for hospitals in choices(instance.hospitals, n_hospitals, at_most=rules.at_most)
        if keeps(instance, rules, set(sites), set(hospitals))
    ]
    if not found:
        return None
    share = max(entry.share for entry in found)
    fair = [entry for entry in found if entry.share >= share * (1 - 1e-9)]
    return Best(share, max(entry.value for entry in fair))


def require_best(instance: Instance, rules: Rules) -> None:
    """The model finds what brute force finds, or says that there is nothing."""
    best = best_of(instance, rules)
    if best is None:
        with pytest.raises(NoPlanError) as caught:
            solve(instance, rules)
        assert caught.value.code in {"GH400", "GH431"}
        return
    found = solve(instance, rules)
    assert found.worst_share == pytest.approx(best.share)
    assert found.objective == pytest.approx(best.value)
    assert found.bound == found.objective
    assert found.status is ProofStatus.OPTIMAL
    sites, hospitals = set(found.sites), set(found.field_hospitals)
    assert keeps(instance, rules, sites, hospitals)
    counted = value(instance, rules, sites, hospitals)
    assert counted.share == pytest.approx(found.worst_share)
    assert counted.value == pytest.approx(found.objective)


@pytest.mark.laws
@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), shared=st.booleans())
def test_each_rule_alone_against_every_choice(rule: str, seed: int, shared: bool) -> None:  # noqa: FBT001 - hypothesis passes by name
    """With one rule asked for, no choice that keeps it is better, and the proof says so."""
    require_best(*drawn_rules(make_instance(seed, shared=shared), seed, {rule}))


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    shared=st.booleans(),
    whole=st.booleans(),
    asked=st.sets(st.sampled_from(RULES)),
)
def test_all_rules_together_against_every_choice(
    seed: int,
    shared: bool,  # noqa: FBT001 - hypothesis passes by name
    whole: bool,  # noqa: FBT001 - hypothesis passes by name
    asked: set[str],
) -> None:
    """With any rules at once, no choice that keeps them all is better, and the proof says so."""
    instance = make_instance(seed, shared=shared, whole=whole)
    require_best(*drawn_rules(instance, seed, asked))
