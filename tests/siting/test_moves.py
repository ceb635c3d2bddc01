# SPDX-License-Identifier: Apache-2.0
"""Sites that move with the front: the best over all steps, and no move that is not worth it."""

from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.siting.models import mclp, mclp_moves
from goldenhour.siting.plain.result import ProofStatus

Bools = NDArray[np.bool_]


def some_steps(seed: int, n_steps: int = 3) -> tuple[list[Bools], list[NDArray[np.float64]]]:
    """Draw covers that differ from step to step."""
    rng = np.random.Generator(np.random.PCG64(seed))
    covers = [rng.random((8, 5)) < 0.35 for _ in range(n_steps)]
    people = [rng.integers(0, 20, 8).astype(np.float64) for _ in range(n_steps)]
    return covers, people


def best_by_trying_all(
    covers: list[Bools], people: list[NDArray[np.float64]], k: int, price: float
) -> float:
    """Weigh every sequence of sets."""
    sets = list(combinations(range(covers[0].shape[1]), k))
    best = -np.inf
    for way in product(sets, repeat=len(covers)):
        served = sum(
            float(here[cover[:, list(chosen)].any(axis=1)].sum())
            for cover, here, chosen in zip(covers, people, way, strict=True)
        )
        moved = sum(len(set(new) - set(old)) for old, new in pairwise(way))
        best = max(best, served - price * moved)
    return best


@pytest.mark.laws
@settings(deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 2), price=st.sampled_from([0.0, 3.0, 50.0]))
def test_no_sequence_of_sites_does_better(seed: int, k: int, price: float) -> None:
    """Objective and bound meet at the best of all sequences."""
    covers, people = some_steps(seed)
    found = mclp_moves(covers, people, k, price=price)
    assert found.status is ProofStatus.OPTIMAL
    assert found.objective == pytest.approx(best_by_trying_all(covers, people, k, price))
    assert all(len(step) == k for step in found.steps)


def test_moves_for_nothing_give_each_step_its_best() -> None:
    """Without a price every step is a problem of its own."""
    covers, people = some_steps(7)
    found = mclp_moves(covers, people, 2, price=0.0)
    alone = [mclp(cover, here, 2).objective for cover, here in zip(covers, people, strict=True)]
    assert list(found.served) == alone


def test_moves_beyond_price_never_happen() -> None:
    """Where a move costs more than there are people, sites stay."""
    covers, people = some_steps(8)
    found = mclp_moves(covers, people, 2, price=10_000.0)
    assert len(set(found.steps)) == 1
    assert not any(found.moves)


def test_first_step_pays_for_leaving_what_is_open() -> None:
    """What was open before stays unless moving is worth its price."""
    covers, people = some_steps(9)
    stays = mclp_moves(covers, people, 2, price=10_000.0, before=(0, 1))
    assert set(stays.steps) == {(0, 1)}


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_a_price_that_is_none_is_refused(price: float) -> None:
    """A move costs some people or none."""
    covers, people = some_steps(1)
    with pytest.raises(InputError, match="price"):
        mclp_moves(covers, people, 1, price=price)


def test_steps_that_do_not_fit_are_refused() -> None:
    """Each step needs its cover and its people, over the same sites."""
    covers, people = some_steps(1)
    with pytest.raises(InputError):
        mclp_moves(covers, people[:2], 1, price=1.0)
    with pytest.raises(InputError):
        mclp_moves([covers[0], covers[1][:, :3], covers[2]], people, 1, price=1.0)
