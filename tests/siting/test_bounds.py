# SPDX-License-Identifier: Apache-2.0
"""Bounds hold whatever the solver says; merging loses nothing; searching counts right."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.siting.engine.covering import Covering, Level, build
from goldenhour.siting.engine.master import Master, clusters
from goldenhour.siting.engine.search import greedy, search
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.kernels import placing
from tests.siting.oracle import Instance, make_instance


def covering_of(instance: Instance) -> Covering:
    """Build the inner problem of a made-up one."""
    n_sites, n_hospitals = instance.linked.shape
    none = np.zeros
    return build(
        instance.cover,
        instance.people,
        Level(
            n=instance.sites.n, forced=none(n_sites, np.bool_), allowed=np.ones(n_sites, np.bool_)
        ),
        hospitals=Level(
            n=instance.hospitals.n,
            forced=none(n_hospitals, np.bool_),
            allowed=np.ones(n_hospitals, np.bool_),
        ),
        linked=instance.linked,
        clash=instance.same,
    )


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_any_multipliers_give_a_valid_bound(seed: int) -> None:
    """Even nonsense from the solver cannot make a bound too low."""
    instance = make_instance(seed, shared=seed % 2 == 0)
    best = instance.best()
    covering = covering_of(instance)
    if best < 0 or not len(covering.table.weight):
        return
    rng = np.random.Generator(np.random.PCG64(seed))
    core = np.arange(covering.n_sites, dtype=np.int32)
    master = Master(covering, core, clusters(covering, 3))
    box = master.first_box()
    for _ in range(4):
        master.cut(rng.random(master.n_x), rng.random(master.n_z), answer=None)
    answer = master.solve(box)
    n_rows = len(answer.multiplier)
    for _ in range(5):
        nonsense = replace(answer, multiplier=rng.random(n_rows) * rng.choice([0.1, 1, 9], n_rows))
        bounded = master.bounded(nonsense, box)
        assert bounded.bound >= best - 1e-6
        for sites, hospitals in instance.choices:
            value = instance.served(sites, hospitals)
            open_columns = [*sites, *(master.n_x + k for k in hospitals)]
            assert np.all(bounded.if_opened[open_columns] >= value - 1e-6)
            shut = np.setdiff1d(np.arange(master.n_x + master.n_z), open_columns)
            assert np.all(bounded.if_shut[shut] >= value - 1e-6)


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_merging_homes_changes_no_value(seed: int) -> None:
    """Every choice is worth the same on merged homes as counted home by home."""
    instance = make_instance(seed, shared=True)
    covering = covering_of(instance)
    for sites, hospitals in instance.choices[:20]:
        opened = np.zeros(covering.n_hospitals, dtype=np.bool_)
        opened[list(hospitals)] = True
        assert covering.value(np.array(sites, dtype=np.int32), opened) == instance.served(
            sites, hospitals
        )


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_found_choice_is_worth_what_it_says(seed: int) -> None:
    """Search never does worse than placing one after another, and its value is real."""
    instance = make_instance(seed, shared=seed % 3 == 0)
    covering = covering_of(instance)
    common, found = greedy(covering), search(covering, seed=1)
    assert found.value >= common.value
    if found.value >= 0:
        hospitals = tuple(int(k) for k in np.flatnonzero(found.open_hospital))
        sites = tuple(int(j) for j in found.sites)
        assert found.value == instance.served(sites, hospitals)
        assert (sites, hospitals) in instance.choices


def test_rows_alike_merge_and_empty_rows_do_not_count() -> None:
    """Homes with the same sites become one group; a home without any is in none."""
    start = np.array([0, 2, 2, 4, 5], dtype=np.int64)
    site = np.array([0, 3, 0, 3, 1], dtype=np.int32)
    group, first = kernel.merge_rows(start, site, 1)
    assert group.tolist() == [0, -1, 0, 1]
    assert first.tolist() == [0, 3]


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_opening_and_closing_leaves_no_trace(seed: int) -> None:
    """After any openings and closings, gains and losses are those of a fresh count."""
    instance = make_instance(seed)
    table = covering_of(instance).table
    rng = np.random.Generator(np.random.PCG64(seed))
    n_slots = 3
    desk = placing.new_desk(table, n_slots)
    for _ in range(12):
        t, j = int(rng.integers(n_slots)), int(rng.integers(len(instance.covers)))
        placing.close_slot(table, desk, t)
        if j not in desk.slot:
            placing.open_site(table, desk, t, j)
    fresh = placing.new_desk(table, n_slots)
    for t in range(n_slots):
        if desk.slot[t] != placing.EMPTY:
            placing.open_site(table, fresh, t, int(desk.slot[t]))
    assert np.array_equal(desk.gain, fresh.gain)
    assert np.array_equal(desk.loss, fresh.loss)
    assert np.array_equal(desk.extra, fresh.extra)
    assert placing.covered_weight(table, desk) == placing.covered_weight(table, fresh)
