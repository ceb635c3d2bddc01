# SPDX-License-Identifier: Apache-2.0
"""Demand that streams in and is summed by its covering sites: nothing is lost, nothing mixed up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.base.errors import InputError
from goldenhour.siting.models import mclp
from goldenhour.siting.plain.merged import MergedDemand


def drawn(seed: int, n: int, m: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Some demand with few different covers, and people."""
    rng = np.random.Generator(np.random.PCG64(seed))
    kinds = rng.random((max(1, n // 3), m)) < 0.3
    return kinds[rng.integers(len(kinds), size=n)], rng.integers(0, 9, n)


def bits(table: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Write a table as words of 64 bits, the slow way."""
    words = np.zeros((len(table), -(-table.shape[1] // 64)), dtype=np.uint64)
    for row, site in zip(*np.nonzero(table), strict=True):
        words[row, site // 64] |= np.uint64(1) << np.uint64(site % 64)
    return words


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 5, 63, 64, 65, 130]), st.integers(1, 40))
def test_demand_that_streams_in_is_demand_given_at_once(seed: int, m: int, n: int) -> None:
    """Different covers stay apart, equal ones are summed, and the model sees no difference."""
    table, people = drawn(seed, n, m)
    merged = MergedDemand(m)
    for some in np.array_split(np.arange(n), 3):
        merged.add(sparse.csr_array(table[some]), people[some])
    again = MergedDemand(m)
    again.add_masks(bits(table), people)
    assert merged.n_demand == again.n_demand == n
    kinds, which = np.unique(table, axis=0, return_inverse=True)
    total = np.bincount(which.ravel(), weights=people, minlength=len(kinds))
    for one in (merged, again):
        rows = one.cover
        found = {
            tuple(rows.site[rows.start[at] : rows.start[at + 1]].tolist()): float(counted)
            for at, counted in enumerate(one.people)
        }
        assert found == {
            tuple(np.flatnonzero(kind).tolist()): float(counted)
            for kind, counted in zip(kinds, total, strict=True)
        }
    k = min(2, m)
    whole = mclp(table, people, k)
    part = mclp(merged.cover, merged.people, k)
    assert (part.objective, part.bound) == (whole.objective, whole.bound)


def test_more_covers_than_there_was_room_for() -> None:
    """Ten thousand different covers find room, each with its own people."""
    n, m = 10_000, 14
    table = (np.arange(n)[:, np.newaxis] >> np.arange(m)) & 1
    merged = MergedDemand(m)
    for rows in np.array_split(np.arange(n), 7):
        merged.add_masks(bits(table[rows].astype(np.bool_)), rows)
    assert len(merged.people) == n
    covered = merged.cover
    key = np.zeros(n, dtype=np.int64)
    np.add.at(key, np.repeat(np.arange(n), np.diff(covered.start)), 1 << covered.site.astype(int))
    assert np.array_equal(merged.people, key)


def test_nobody_yet_is_an_empty_town() -> None:
    """Without any demand there is a cover of no rows, and nobody is served."""
    merged = MergedDemand(3)
    found = mclp(merged.cover, merged.people, 1)
    assert (found.objective, found.bound) == (0, 0)


@pytest.mark.parametrize(
    ("mask", "people"),
    [
        (np.zeros((2, 1), np.uint64), [1.0]),
        (np.zeros((1, 2), np.uint64), [1.0]),
        (np.full((1, 1), 8, np.uint64), [1.0]),
        (np.zeros((1, 1), np.uint64), [-1.0]),
        (np.zeros((1, 1), np.uint64), [np.nan]),
    ],
)
def test_masks_that_cannot_be_are_refused(mask: NDArray[np.uint64], people: list[float]) -> None:
    """Shapes that do not meet, a bit of no site, people below zero or unknown: all are errors."""
    with pytest.raises(InputError) as refused:
        MergedDemand(3).add_masks(mask, people)
    assert refused.value.code.startswith("GH")


def test_another_number_of_sites_is_refused() -> None:
    """A part of the demand that knows other sites cannot be summed with the rest."""
    with pytest.raises(InputError):
        MergedDemand(3).add(np.ones((2, 4)), [1, 1])
