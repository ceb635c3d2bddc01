# SPDX-License-Identifier: Apache-2.0
"""
Worlds: ways things could really be, drawn from what is believed.

World ``number`` of a seed is the same whoever draws it, wherever, and however many are drawn. One
number between 0 and 1 is drawn per thing and question and held against a chance, so a higher
chance closes a street, or refuses a structure, in the same worlds and in some more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, StreetState, Tier
from goldenhour.picture.belief import Evidence, HazardArea, Picture
from goldenhour.picture.chance import triangular, uniform
from goldenhour.picture.doubted_people import PeopleDoubts, people_doubts, people_in
from goldenhour.picture.doubted_structures import unfit_chance
from goldenhour.picture.fronts import advance_laws, advanced_m, grown
from goldenhour.reports.said import HazardStatus
from goldenhour.town.town import Town

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Edges = NDArray[np.int64]

_DANGEROUS = (HazardStatus.SUSPECTED, HazardStatus.CONFIRMED)


_STRETCH_M = 100.0  # facts give chances for so much street


class What(IntEnum):
    """What a stream of random numbers is for. A number is never given to anything else."""

    CLOSURE = 0
    RUBBLE = 1
    DELAY = 2
    HAZARD = 3
    STRUCTURE = 4
    PEOPLE_TOTAL = 5
    PEOPLE_PLACE = 6
    FRONT = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """
    What is not sure in a picture, as chances: all that worlds are drawn from.

    Parameters
    ----------
    closed_on_foot
        Chance that no stretcher passes. Shape ``(n_edges,)``.
    closed_to_vehicles
        Chance that no vehicle passes, rubble apart. Shape ``(n_edges,)``.
    rubble
        Chance that rubble leaves too little room for a vehicle. Shape ``(n_edges,)``.
    delay_s
        Extra seconds for a vehicle, as reported. Shape ``(n_edges,)``.
    said_with
        The street that is as slow as each: the first of those that its newest report speaks of,
        itself where no report holds. Shape ``(n_edges,)``, int64.
    danger
        Chance that each hazard area is there. Shape ``(n_hazards,)``.
    hazard_key
        What tells the draws of hazard areas apart. Shape ``(n_hazards,)``, uint64.
    km_unknown
        Kilometres of street that rest on a prior alone, by mode: nobody reported a state that
        still holds.
    km_rubble_unknown
        Kilometres of street whose rubble rests on a prior alone.
    unfit
        Chance that a structure turns out unfit, by tier. Shape ``(n_structures,)`` each.
    people
        What is not sure of people.
    advance_m
        Least, likely and most metres that the edge of each hazard area may have come. Shape
        ``(n_hazards, 3)``.
    """

    closed_on_foot: Floats
    closed_to_vehicles: Floats
    rubble: Floats
    delay_s: Floats
    said_with: Edges
    danger: Floats
    hazard_key: NDArray[np.uint64]
    km_unknown: dict[Mode, float]
    km_rubble_unknown: float
    unfit: dict[Tier, Floats]
    people: PeopleDoubts
    advance_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """
    What is true of streets, hazard areas, structures and people in one world.

    Parameters
    ----------
    seed
        Of all worlds drawn together.
    number
        Of this one, from 0 on.
    closed_on_foot
        True where no stretcher passes. Shape ``(n_edges,)``, bool.
    closed_to_vehicles
        True where no vehicle passes, rubble apart. Shape ``(n_edges,)``, bool.
    rubble
        True where rubble leaves too little room for a vehicle. Shape ``(n_edges,)``, bool.
    delay_s
        Extra seconds for a vehicle. Shape ``(n_edges,)``, float32.
    danger
        True for hazard areas that are there. Shape ``(n_hazards,)``, bool.
    advance_m
        Metres that the edge of each area has come, where it is there. Shape ``(n_hazards,)``.
    unfit
        True for structures that turn out unfit, by tier. Shape ``(n_structures,)`` each, bool.
    people
        Persons in each structure. Shape ``(n_structures,)``.
    """

    seed: int
    number: int
    closed_on_foot: Booleans
    closed_to_vehicles: Booleans
    rubble: Booleans
    delay_s: NDArray[np.float32]
    danger: Booleans
    advance_m: Floats
    unfit: dict[Tier, Booleans]
    people: Floats

    @property
    def people_total(self) -> float:
        """All persons in this world."""
        return float(self.people.sum())


def doubts(town: Town, picture: Picture) -> Doubts:
    """
    Say how likely everything is that worlds decide.

    What was reported closed is closed in every world: nobody bets a casualty on a report being
    wrong. Other streets are closed so often per 100 metres, so that none is safer for being cut
    into many pieces on the map.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of it.

    Returns
    -------
    doubts
        Chances, and how much rests on priors.
    """
    streets, belief = town.streets, picture.streets
    length_km = streets.length_m / 1000
    n_stretches = streets.length_m / _STRETCH_M
    states = {Mode.STRETCHER: belief.state_stretcher, Mode.VEHICLE: belief.state_vehicle}
    on_foot, by_vehicle = (_closed(state, n_stretches, mode) for mode, state in states.items())
    known = (belief.state_stretcher > 0) | (belief.state_vehicle > 0)
    no_rubble_known = np.isnan(belief.rubble_share) & ~streets.bridge
    prior = _somewhere(facts.number("picture.world_rubble_unknown_share"), n_stretches)
    rubble = np.where(no_rubble_known, prior, np.nan_to_num(belief.rubble_share))
    return Doubts(
        closed_on_foot=on_foot,
        closed_to_vehicles=np.maximum(on_foot, by_vehicle),
        rubble=np.clip(rubble, 0, 1),
        delay_s=belief.delay_s.astype(np.float64),
        said_with=_said_with(belief.evidence, known),
        danger=np.array([_danger(area) for area in picture.hazards], dtype=np.float64),
        hazard_key=np.array([_key(area) for area in picture.hazards], dtype=np.uint64),
        km_unknown={
            mode: float(length_km[state == StreetState.UNKNOWN].sum())
            for mode, state in states.items()
        },
        km_rubble_unknown=float(length_km[no_rubble_known].sum()),
        unfit=unfit_chance(picture),
        people=people_doubts(town, picture.people),
        advance_m=advance_laws(picture.hazards),
    )


def draw(doubts: Doubts, *, seed: int, number: int) -> World:
    """
    Draw one world.

    Parameters
    ----------
    doubts
        What is not sure.
    seed
        Of all worlds drawn together, 0 or more.
    number
        Of this one, 0 or more.

    Returns
    -------
    world
        The same for the same doubts, seed and number.

    Raises
    ------
    InputError
        If seed or number is negative.
    """
    if seed < 0 or number < 0:
        raise InputError(
            "Seeds and world numbers count from 0.", where=f"{seed}, {number}", code="GH150"
        )
    n = len(doubts.rubble)
    closure, rubble, delay = (
        uniform(n, seed, number, what) for what in (What.CLOSURE, What.RUBBLE, What.DELAY)
    )
    danger, front = (
        np.array([uniform(1, seed, number, what, int(key))[0] for key in doubts.hazard_key])
        for what in (What.HAZARD, What.FRONT)
    )
    structure = uniform(len(doubts.people.people), seed, number, What.STRUCTURE)
    return World(
        seed=seed,
        number=number,
        closed_on_foot=closure < doubts.closed_on_foot,
        closed_to_vehicles=closure < doubts.closed_to_vehicles,
        rubble=rubble < doubts.rubble,
        delay_s=(doubts.delay_s * _stretch(delay[doubts.said_with])).astype(np.float32),
        danger=danger < doubts.danger,
        advance_m=advanced_m(doubts.advance_m, front),
        unfit={tier: structure < chance for tier, chance in doubts.unfit.items()},
        people=people_in(
            doubts.people,
            uniform(1, seed, number, What.PEOPLE_TOTAL),
            uniform(doubts.people.n_places, seed, number, What.PEOPLE_PLACE),
        ),
    )


def draw_many(doubts: Doubts, *, seed: int, n: int) -> Iterator[World]:
    """
    Draw worlds one by one.

    Parameters
    ----------
    doubts
        What is not sure.
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
        yield draw(doubts, seed=seed, number=number)


def in_world(picture: Picture, world: World) -> Picture:
    """
    See the picture as if one world were known to be true.

    Streets that are not closed keep their state: whether the map's signs count there rests on
    whether somebody saw the street.

    Parameters
    ----------
    picture
        What the world was drawn from.
    world
        One of its worlds.

    Returns
    -------
    picture
        Streets are closed or have rubble, or not, and delays are what they are; hazard areas that
        are there are sure and as large as they are, others stay what they were; people are where
        they are. What structures turn out to be is in the world alone: a picture would call it a
        visit.
    """
    streets = picture.streets
    return replace(
        picture,
        people=replace(picture.people, people=world.people, total_best=world.people_total),
        hazards=hazards_in(picture, world),
        streets=replace(
            streets,
            state_stretcher=_closing(streets.state_stretcher, world.closed_on_foot),
            state_vehicle=_closing(streets.state_vehicle, world.closed_to_vehicles),
            rubble_share=world.rubble.astype(np.float32),
            delay_s=world.delay_s,
        ),
    )


def hazards_in(picture: Picture, world: World) -> tuple[HazardArea, ...]:
    """
    See hazard areas as if one world were known to be true.

    Parameters
    ----------
    picture
        What the world was drawn from.
    world
        One of its worlds.

    Returns
    -------
    hazards
        Those that are there are sure and as large as they are, others stay what they were.
    """
    return tuple(
        grown(replace(area, level=1.0), float(advance_m)) if there else area
        for area, there, advance_m in zip(
            picture.hazards, world.danger, world.advance_m, strict=True
        )
    )


def _closed(state: NDArray[np.int8], n_stretches: Floats, mode: Mode) -> Floats:
    """Give the chance that streets are closed to a mode somewhere, rubble apart."""
    unknown, seen = (
        float(facts.fact(name).value[mode.value])
        for name in ("picture.world_unknown_closed_share", "picture.world_open_closed_share")
    )
    share = np.where(state == StreetState.UNKNOWN, unknown, seen)
    return np.where(state == StreetState.CLOSED, 1.0, _somewhere(share, n_stretches))


def _somewhere(share: float | Floats, n_stretches: Floats) -> Floats:
    """Turn the chance of one stretch into that of many in a row, each on its own."""
    return np.asarray(1 - (1 - share) ** n_stretches)


def _said_with(evidence: Evidence, known: Booleans) -> Edges:
    """Find for each street the first one that the same newest report is about."""
    with_said = np.arange(len(known))
    has = np.diff(evidence.start) > 0
    newest = np.full(len(known), -1, dtype=np.int64)
    if has.any():
        newest[has] = np.maximum.reduceat(evidence.report, evidence.start[:-1][has])
    rows = np.flatnonzero(known & has)
    _, first, which = np.unique(newest[rows], return_index=True, return_inverse=True)
    with_said[rows] = rows[first[which]]
    return with_said


def _danger(area: HazardArea) -> float:
    """Give the chance that a hazard is there; what was released is not."""
    return min(max(area.level, 0.0), 1.0) if area.status in _DANGEROUS else 0.0


def _key(area: HazardArea) -> int:
    """Name a hazard area by what and where it is, so that another report leaves its draws alone."""
    digest = blake2b(area.hazard.encode() + area.shape.wkb, digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def _stretch(drawn: Floats) -> Floats:
    """Say how many times as long as reported a delay is: a triangular law."""
    spread = facts.fact("picture.world_delay_factor").value
    return triangular(drawn, *(float(spread[name]) for name in ("least", "likely", "most")))


def _closing(state: NDArray[np.int8], closed: Booleans) -> NDArray[np.int8]:
    """Close what is closed in a world."""
    return np.where(closed, StreetState.CLOSED, state).astype(np.int8)
