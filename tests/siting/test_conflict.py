# SPDX-License-Identifier: Apache-2.0
"""The smallest conflict: held against all subsets, and never claimed where the oracle gave up."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.siting.refusing.conflict import Demands, smallest_conflict, smallest_hitting_set

CONFLICTS = st.lists(st.frozensets(st.integers(0, 7), min_size=1, max_size=5), max_size=6)


def is_met(conflicts: list[Demands], demands: Demands) -> bool:
    """Some demands can be met if no conflict is among them."""
    return not any(conflict <= demands for conflict in conflicts)


@pytest.mark.laws
@settings(max_examples=300, deadline=None)
@given(CONFLICTS)
def test_it_is_the_smallest_of_all_subsets(conflicts: list[Demands]) -> None:
    """Whatever conflicts there are, none found by trying every subset is smaller."""
    found = smallest_conflict(8, lambda demands: is_met(conflicts, demands))
    if not conflicts:
        assert found is None
        return
    assert found is not None
    every = (frozenset(chosen) for size in range(9) for chosen in combinations(range(8), size))
    smallest = next(demands for demands in every if not is_met(conflicts, demands))
    assert len(found.members) == len(smallest)
    assert not is_met(conflicts, frozenset(found.members))
    assert found.is_smallest
    assert found.is_irreducible


@pytest.mark.laws
@settings(max_examples=300, deadline=None)
@given(CONFLICTS, st.sets(st.frozensets(st.integers(0, 7)), max_size=12), st.integers(1, 60))
def test_what_was_not_decided_is_never_called_impossible(
    conflicts: list[Demands], given_up: set[Demands], most_asked: int
) -> None:
    """With an oracle that gives up now and then, all that is claimed is true."""

    def feasible(demands: Demands) -> bool | None:
        return None if demands in given_up else is_met(conflicts, demands)

    found = smallest_conflict(8, feasible, most_asked=most_asked)
    if found is None:
        return
    members = frozenset(found.members)
    assert found.n_asked <= most_asked
    assert not is_met(conflicts, members)
    if found.is_irreducible:
        assert all(is_met(conflicts, members - {one}) for one in members)
    if found.is_smallest:
        assert len(members) == min(len(conflict) for conflict in conflicts)


def test_an_oracle_that_always_gives_up_proves_nothing() -> None:
    """Unknown after a budget is not infeasible."""
    assert smallest_conflict(3, lambda _: None) is None


def test_demands_that_are_each_impossible() -> None:
    """One demand that cannot be met alone is the whole conflict, whatever else is asked."""
    found = smallest_conflict(5, lambda demands: 3 not in demands)
    assert found is not None
    assert found.members == (3,)


@pytest.mark.laws
@settings(max_examples=200, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 6), min_size=1, max_size=4), max_size=7))
def test_fewest_members_that_hit_every_set(sets: list[Demands]) -> None:
    """No fewer members share one with every set, by trying all."""
    found = smallest_hitting_set(sets)
    assert all(one & found for one in sets)
    sizes = (
        size
        for size in range(8)
        for chosen in combinations(range(7), size)
        if all(one & set(chosen) for one in sets)
    )
    assert len(found) == next(sizes)
