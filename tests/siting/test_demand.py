# SPDX-License-Identifier: Apache-2.0
"""Casualties of a mean day and of a busy one, and what they need."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.siting.asking.demand import (
    arrivals_per_day,
    beds_needed,
    busy_day,
    negative_binomial_quantile,
    people_within,
    round_trip_s,
)
from goldenhour.siting.asking.question import Capacities, Casualties


def chance_of(count: int, mean: float, size: float) -> float:
    """Chance of one count, from the definition."""
    missing = mean / (mean + size)
    logarithm = (
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log1p(-missing)
        + (count * math.log(missing) if count else 0.0)
    )
    return math.exp(logarithm)


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 200), st.floats(0.2, 20), st.floats(0.5, 0.99))
def test_the_quantile_is_the_first_count_that_enough_days_keep(
    mean: float, size: float, share: float
) -> None:
    """Summed up chance by chance, one count less would not do and this one does."""
    count = negative_binomial_quantile(mean, size, share)
    total = sum(chance_of(n, mean, size) for n in range(count + 1))
    assert total >= share - 1e-9
    assert total - chance_of(count, mean, size) < share + 1e-9


def test_mosul_like_days() -> None:
    """100,000 people bring some 4.5 casualties on a mean day and 14 on a busy one."""
    mean = arrivals_per_day(100_000, Casualties())
    assert mean == pytest.approx(4.51, abs=0.01)
    assert busy_day(mean, Casualties()) == 14
    assert busy_day(mean, Casualties(peak_factor=5)) == pytest.approx(5 * mean)
    assert busy_day(0.0, Casualties()) == 0


def test_a_draw_of_days_agrees() -> None:
    """Of days drawn at random about one in twenty is busier than the busy day."""
    rng = np.random.Generator(np.random.PCG64(1))
    mean = 30.0
    days = rng.poisson(rng.gamma(1.0, mean, 100_000))
    busy = negative_binomial_quantile(mean, 1.0, 0.95)
    assert np.mean(days > busy) == pytest.approx(0.05, abs=0.005)


def test_beds_and_round_trips() -> None:
    """Seven operations with six days each fill 42 beds; there and back, with the turn."""
    assert beds_needed(7, Capacities()) == 42
    assert round_trip_s(900, Capacities(ambulance_turn_s=600)) == 2400
    assert round_trip_s(900, Capacities(round_trip_s=5000)) == 5000


def test_room_counts_the_busy_day() -> None:
    """A point for 50 a day has room for the people whose busy day brings 50."""
    casualties = Casualties()
    people = people_within(50, casualties)
    assert arrivals_per_day(people, casualties) * casualties.peak_factor == pytest.approx(50)
    assert people_within(50, Casualties(injured_share=0.0)) == math.inf
