# SPDX-License-Identifier: Apache-2.0
"""How sure reach is: shares of worlds, the same wherever they are worked out."""

from dataclasses import replace

import numpy as np
import pytest

from goldenhour.base.grades import UnknownStreets
from goldenhour.times.asked import Asked
from goldenhour.times.chances import chances
from goldenhour.times.reached import reached
from goldenhour.times.service import Direction, Means, Site
from goldenhour.town.town import Town
from goldenhour.workflows.scheduler import in_threads
from tests.times.pictures import picture_of
from tests.towns import make_town

LIMITS_S = (120.0, 400.0)


def ask(town: Town, *, n_worlds: int = 12, means: Means = Means.BOTH) -> Asked:
    """Ask for two structures."""
    built = town.structures
    return Asked(
        sites=tuple(
            Site(label=label, name=label, x_m=float(built.x_m[row]), y_m=float(built.y_m[row]))
            for label, row in (("A", 0), ("B", 1))
        ),
        limits_s=LIMITS_S,
        direction=Direction.TO_SITE,
        means=means,
        unknown_streets=UnknownStreets.PASSABLE,
        n_worlds=n_worlds,
        seed=5,
    )


@pytest.mark.parametrize("means", Means)
def test_shares_hold_together(means: Means) -> None:
    """No more structures are sure than expected, nor expected than possible; longer is surer."""
    town = make_town(2)
    picture = picture_of(town, unknown=range(town.streets.n_edges))
    counted = chances(town, picture, ask(town, means=means))
    assert ((counted.share >= 0) & (counted.share <= 1)).all()
    assert (counted.share[0] <= counted.share[1]).all()
    for band, share in zip(counted.bands, counted.share, strict=True):
        assert band.n_sure <= band.n_expected <= band.n_ever
        assert band.people_low <= band.people_expected <= band.people_high
        assert band.n_expected == pytest.approx(share.sum())


def test_no_world_reaches_more_than_open_streets_do() -> None:
    """With every unknown street open nobody who is reached in a world is missed."""
    town = make_town(4)
    picture = picture_of(town, unknown=range(town.streets.n_edges))
    counted = chances(town, picture, ask(town))
    answer = reached(town, picture, ask(town))
    for number, limit_s in enumerate(LIMITS_S):
        assert not ((counted.share[number] > 0) & ~answer.service.within(limit_s)).any()
    assert (counted.share < 1).any()
    assert (counted.share > 0).any()


def test_threads_and_repeats_change_no_number() -> None:
    """One thread or several, once or twice: the same shares to the last bit; a seed differs."""
    town = make_town(6)
    picture = picture_of(town, unknown=range(town.streets.n_edges))
    alone = chances(town, picture, ask(town))
    together = chances(town, picture, ask(town), run=in_threads)
    assert (alone.share == together.share).all()
    assert alone.bands == together.bands
    other = chances(town, picture, replace(ask(town), seed=6))
    assert (other.share != alone.share).any()


def test_the_site_itself_is_reached_in_every_world() -> None:
    """Who lives in the very house of the site is there whatever the streets do."""
    town = make_town(1)
    counted = chances(town, picture_of(town, unknown=range(town.streets.n_edges)), ask(town))
    assert np.array_equal(counted.share[:, :2], np.ones((2, 2)))
