# SPDX-License-Identifier: Apache-2.0
"""
Worlds: ways things could really be, drawn from what is believed.

World ``number`` of a seed is the same whoever draws it, wherever, and however many are drawn. One
number between 0 and 1 is drawn per street and question and held against a chance, so a higher
chance closes a street in the same worlds and in some more. What structures turn out to be, where
people are and where the front runs is not drawn yet: all worlds share the picture's view of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, StreetState
from goldenhour.picture.belief import Picture
from goldenhour.town.town import Town

_CLOSURES, _RUBBLE = 0, 1  # what a stream of random numbers is for; never renumber
_STRETCH_M = 100.0  # facts give chances for so much street


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """
    Which streets are closed in one world.

    Parameters
    ----------
    seed
        Of all worlds drawn together.
    number
        Of this one, from 0 on.
    closed_to_vehicles
        True where no vehicle passes, rubble apart. Shape ``(n_edges,)``, bool.
    closed_on_foot
        True where no stretcher passes. Shape ``(n_edges,)``, bool.
    rubble
        True where rubble leaves too little room for a vehicle. Shape ``(n_edges,)``, bool.
    """

    seed: int
    number: int
    closed_to_vehicles: NDArray[np.bool_]
    closed_on_foot: NDArray[np.bool_]
    rubble: NDArray[np.bool_]


def draw(town: Town, picture: Picture, *, seed: int, number: int) -> World:
    """
    Draw one world.

    Reported closures and hazard areas close in every world: nobody bets a casualty on a report
    being wrong. Rubble does not close a street that somebody saw open.

    Parameters
    ----------
    town
        The town: a longer street is likelier closed somewhere.
    picture
        What is believed.
    seed
        Of all worlds drawn together, 0 or more.
    number
        Of this one, 0 or more.

    Returns
    -------
    world
        The same for the same picture, seed and number.

    Raises
    ------
    InputError
        If seed or number is negative.
    """
    if seed < 0 or number < 0:
        raise InputError(
            "Seeds and world numbers count from 0.", where=f"{seed}, {number}", code="GH150"
        )
    streets, n_stretches = picture.streets, town.streets.length_m / _STRETCH_M
    draw_closed, draw_rubble = (
        _uniform(seed, number, what, len(n_stretches)) for what in (_CLOSURES, _RUBBLE)
    )
    on_foot, by_vehicle = (
        (draw_closed < _closing_chance(state, n_stretches, mode)) | (state == StreetState.CLOSED)
        for state, mode in (
            (streets.state_stretcher, Mode.STRETCHER),
            (streets.state_vehicle, Mode.VEHICLE),
        )
    )
    unseen = streets.state_vehicle == StreetState.UNKNOWN
    return World(
        seed=seed,
        number=number,
        closed_on_foot=on_foot,
        closed_to_vehicles=by_vehicle | on_foot,
        rubble=unseen & (draw_rubble < rubble_chance(town, picture)),
    )


def draw_many(town: Town, picture: Picture, *, seed: int, n: int) -> Iterator[World]:
    """
    Draw worlds one by one.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    seed
        Of them all.
    n
        How many.

    Yields
    ------
    world
        Numbers 0 to ``n - 1``.
    """
    for number in range(n):
        yield draw(town, picture, seed=seed, number=number)


def in_world(picture: Picture, world: World) -> Picture:
    """
    See the picture as if one world were known to be true.

    Parameters
    ----------
    picture
        What the world was drawn from.
    world
        One of its worlds.

    Returns
    -------
    picture
        Streets are closed or have rubble, or not; nothing is in between.
    """
    streets = picture.streets
    return replace(
        picture,
        streets=replace(
            streets,
            state_stretcher=_closing(streets.state_stretcher, world.closed_on_foot),
            state_vehicle=_closing(streets.state_vehicle, world.closed_to_vehicles),
            rubble_share=world.rubble.astype(np.float32),
        ),
    )


def rubble_chance(town: Town, picture: Picture) -> NDArray[np.float64]:
    """
    Say how likely rubble blocks each street, a prior where nothing is known.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets.

    Returns
    -------
    chance
        0 to 1. Shape ``(n_edges,)``.
    """
    known = picture.streets.rubble_share.astype(np.float64)
    prior = _somewhere(
        facts.number("picture.world_rubble_unknown_share"), town.streets.length_m / _STRETCH_M
    )
    return np.clip(np.where(np.isnan(known), prior, known), 0, 1)


def _uniform(seed: int, number: int, what: int, n: int) -> NDArray[np.float64]:
    """Draw numbers between 0 and 1 that depend on nothing but their names."""
    sequence = np.random.SeedSequence(seed, spawn_key=(number, what))
    return np.random.Generator(np.random.Philox(sequence)).random(n)


def _closing_chance(
    state: NDArray[np.int8], n_stretches: NDArray[np.float64], mode: Mode
) -> NDArray[np.float64]:
    """Say how likely each street is closed to a mode somewhere along it."""
    unknown, seen = (
        float(facts.fact(name).value[mode.value])
        for name in ("picture.world_unknown_closed_share", "picture.world_open_closed_share")
    )
    return _somewhere(np.where(state == StreetState.UNKNOWN, unknown, seen), n_stretches)


def _somewhere(
    share: float | NDArray[np.float64], n_stretches: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Turn the chance of one stretch into that of many in a row, each on its own."""
    return 1 - (1 - share) ** n_stretches


def _closing(state: NDArray[np.int8], closed: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Close what is closed in a world."""
    return np.where(closed, StreetState.CLOSED, state).astype(np.int8)
