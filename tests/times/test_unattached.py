# SPDX-License-Identifier: Apache-2.0
"""Who joins no street, and why."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import messages
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.town import Town
from tests.times.pictures import picture_of
from tests.times.ruled import sign
from tests.times.test_carry import all_pairs, damaged, everywhere
from tests.towns import draw, make_structures, words

LONG = "A" + "-" * 30 + "B"


def with_house(town: Town, *, east_m: float = 0.0, north_m: float = 0.0) -> Town:
    """Add nothing but one house, so far from the first junction."""
    x_m, y_m = town.streets.node_x_m[:1] + east_m, town.streets.node_y_m[:1] + north_m
    return replace(town, structures=make_structures(["house"], x_m=x_m, y_m=y_m, side_m=4.0))


def reasons(town: Town, closed: tuple[int, ...] = ()) -> list[WhyUnattached]:
    """List why structures are not attached."""
    found = everywhere(town, picture_of(town, closed=closed)).unattached
    assert found.n == len(found.row) == sum(found.n_because(why) for why in WhyUnattached)
    return [WhyUnattached(int(why)) for why in found.why]


def test_a_house_on_an_open_street_is_attached() -> None:
    """Nothing to list."""
    assert reasons(with_house(draw(LONG).town, east_m=200.0, north_m=20.0)) == []


def test_a_house_far_from_every_street_is_too_far() -> None:
    """310 m of open ground are too much."""
    assert reasons(with_house(draw(LONG).town, north_m=310.0)) == [WhyUnattached.TOO_FAR]


def test_a_house_beyond_the_river_is_across_a_barrier() -> None:
    """The street is near, the river lies between."""
    town = with_house(draw(LONG).town, east_m=200.0, north_m=60.0)
    y_m = float(town.streets.node_y_m[0])
    west_m, east_m = town.streets.node_x_m + np.array([-900.0, 900.0])
    river = shapely.box(west_m, y_m + 20, east_m, y_m + 40)
    barriers = replace(
        town.barriers, name=words([""]), kind=words(["river"]), shape=np.array([river])
    )
    assert reasons(replace(town, barriers=barriers)) == [WhyUnattached.ACROSS_BARRIER]


def test_a_house_beside_a_bridge_or_over_a_tunnel_alone_is_said_so() -> None:
    """Nobody climbs onto the bridge, or down into the tunnel, that is the only street near."""
    town = with_house(draw(LONG).town, east_m=200.0, north_m=20.0)
    on_bridge = replace(town.streets, bridge=np.array([True]))
    below = replace(town.streets, level=np.array([-1], dtype=np.int8))
    for streets in (on_bridge, below):
        assert reasons(replace(town, streets=streets)) == [WhyUnattached.SCRAP]


def test_a_house_whose_nearest_streets_are_shut_is_closed_in() -> None:
    """Nobody looks past closed streets for others: a closure never leads to a better street."""
    town = with_house(draw(LONG).town, east_m=200.0, north_m=20.0)
    assert reasons(town, closed=(0,)) == [WhyUnattached.CLOSED]


def test_a_house_at_a_junction_with_a_sign_is_attached() -> None:
    """Streets that begin behind a sign are streets all the same."""
    town = sign(draw("A---B---C").town, "A-B", "B-C")
    assert reasons(town) == []


@pytest.mark.parametrize("reason", list(WhyUnattached))
def test_every_reason_has_a_sentence(reason: WhyUnattached) -> None:
    """Why somebody joins no street can be said in both languages."""
    assert all(messages.say(reason.code, language) for language in messages.LANGUAGES)


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_who_is_not_attached_gets_nowhere(seed: int) -> None:
    """Everybody is attached or listed, and who is listed reaches nobody else on the streets."""
    town, picture = damaged(seed)
    evacuation = everywhere(town, picture)
    found = evacuation.unattached
    assert sorted([*found.row, *np.flatnonzero(evacuation.is_attached)]) == list(
        range(town.structures.n)
    )
    table = all_pairs(evacuation)
    same_street = (
        evacuation.landing.edge[:, None, :, None] == evacuation.landing.edge[None, :, None, :]
    ).any((2, 3))
    assert np.isinf(table[found.row][~same_street[found.row]]).all()
