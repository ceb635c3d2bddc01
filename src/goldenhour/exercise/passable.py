# SPDX-License-Identifier: Apache-2.0
"""True state of every street: rubble, bridges, armed pockets, checkpoints."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point

from goldenhour.base.grades import Grade, StreetState
from goldenhour.exercise.city import City
from goldenhour.exercise.damage import TrueDamage
from goldenhour.exercise.dangers import Danger
from goldenhour.exercise.pinned import Plan, pinned, value
from goldenhour.town.town import Objects

_RUBBLE_REACH_M = 12.0
_BLOCKS = {
    "footway": 0.2,
    "living_street": 0.12,
    "residential": 0.07,
    "tertiary": 0.025,
    "secondary": 0.015,
    "trunk": 0.01,
    "track": 0.02,
}
_SEVERE_TO_DESTROYED = 0.15
_ON_FOOT = (StreetState.OPEN, StreetState.RESTRICTED, StreetState.CLOSED)
_ON_FOOT_SHARE = (0.25, 0.45, 0.3)
_OPENED_SHARE = 0.15
_OPENED = ("2017-11-07T06:00:00", 2 * 24 * 3600)
_PONTOON_S = 1200.0
_NAMED_CHECKPOINTS = ("ubaydi", "rawa_junction", "ana", "haditha")
_EAST_GATE_M = 900.0  # past Al Qaim
_BEFORE_HADITHA_M = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueStreets:
    """
    State of every street.

    Parameters
    ----------
    state_vehicle
        ``StreetState`` numbers for vehicles. Shape ``(n_edges,)``, int8.
    state_stretcher
        Likewise for people on foot. Shape ``(n_edges,)``, int8.
    delay_s
        Extra seconds for a vehicle. Shape ``(n_edges,)``.
    cause
        Why it is not open. Shape ``(n_edges,)``, objects.
    opened_at
        When engineers opened it again, else NaT. Shape ``(n_edges,)``, datetime64[s].
    checkpoints
        Where checkpoints stand on the highway, plan metres. Shape ``(n_checkpoints, 2)``.
    checkpoint_s
        Delay at each in seconds. Shape ``(n_checkpoints,)``.
    """

    state_vehicle: NDArray[np.int8]
    state_stretcher: NDArray[np.int8]
    delay_s: NDArray[np.float64]
    cause: Objects
    opened_at: NDArray[np.datetime64]
    checkpoints: Plan
    checkpoint_s: NDArray[np.float64]


def block_streets(
    city: City, damage: TrueDamage, dangers: tuple[Danger, ...], rng: np.random.Generator
) -> TrueStreets:
    """
    Work out which streets are really passable.

    Parameters
    ----------
    city
        What stood.
    damage
        What was hit.
    dangers
        Armed pockets close the streets inside.
    rng
        Source of all chance.

    Returns
    -------
    streets
        No state is unknown.
    """
    n = city.network.n
    vehicle = np.full(n, StreetState.OPEN, dtype=np.int8)
    on_foot = vehicle.copy()
    delay_s = np.zeros(n)
    cause = np.full(n, "", dtype=object)
    blocked = rng.random(n) < _chance_of_rubble(city, damage)
    opened = blocked & (rng.random(n) < _OPENED_SHARE)
    opened_at = np.full(n, "NaT", dtype="datetime64[s]")
    since_s = rng.integers(0, _OPENED[1], n).astype("timedelta64[s]")
    opened_at[opened] = (np.datetime64(_OPENED[0], "s") + since_s)[opened]
    blocked &= ~opened
    vehicle[blocked] = StreetState.CLOSED
    on_foot[blocked] = rng.choice(np.array(_ON_FOOT), n, p=_ON_FOOT_SHARE)[blocked]
    cause[blocked] = "rubble"
    _close_bridges(city, vehicle, on_foot, delay_s, cause)
    for danger in dangers:
        if danger.hazard == "armed_group":
            inside = shapely.intersects(danger.shape, city.network.line)
            vehicle[inside] = on_foot[inside] = StreetState.CLOSED
            cause[inside] = "armed group"
    places, waits_s = _checkpoints(city, rng)
    stopped = shapely.STRtree(city.network.line).query_nearest(places, all_matches=False)[1]
    at_checkpoint = vehicle[stopped] == StreetState.OPEN
    vehicle[stopped[at_checkpoint]] = StreetState.RESTRICTED
    cause[stopped[at_checkpoint]] = "checkpoint"
    delay_s[stopped] += waits_s
    return TrueStreets(
        state_vehicle=vehicle,
        state_stretcher=on_foot,
        delay_s=delay_s,
        cause=cause,
        opened_at=opened_at,
        checkpoints=shapely.get_coordinates(places),
        checkpoint_s=waits_s,
    )


def _chance_of_rubble(city: City, damage: TrueDamage) -> NDArray[np.float64]:
    """Chance that rubble closes each street: more ruins and a narrower street make it likelier."""
    ruined = np.flatnonzero(damage.grade >= Grade.G2)
    tree = shapely.STRtree(city.network.line)
    ruin, street = tree.query(
        city.buildings.outline[ruined], predicate="dwithin", distance=_RUBBLE_REACH_M
    )
    per = np.array([_BLOCKS[highway] for highway in city.network.highway])
    severe = damage.grade[ruined][ruin] == Grade.G2
    weight = np.where(severe, _SEVERE_TO_DESTROYED, 1.0) * per[street]
    stays = np.bincount(street, weights=np.log1p(-weight), minlength=city.network.n)
    return np.asarray(1.0 - np.exp(stays))


def _close_bridges(
    city: City,
    vehicle: NDArray[np.int8],
    on_foot: NDArray[np.int8],
    delay_s: NDArray[np.float64],
    cause: Objects,
) -> None:
    """Bring the bridges into the state of the story."""
    over, road = city.network.bridge, city.network.road
    down = over & (road == "rummaneh_road")
    vehicle[down] = on_foot[down] = StreetState.CLOSED
    cause[down] = "bridge down"
    pontoon = over & (road == "north_bank_road")
    vehicle[pontoon] = StreetState.RESTRICTED
    on_foot[pontoon] = StreetState.OPEN
    cause[pontoon] = "pontoon"
    delay_s[pontoon] = _PONTOON_S
    held = over & (road == "rawa_road")
    vehicle[held] = on_foot[held] = StreetState.CLOSED
    cause[held] = "armed group"


def _checkpoints(
    city: City, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Set checkpoints along the highway, with their waits in seconds."""
    highway = city.ground.roads[0].line
    at = {key: highway.project(Point(pinned(key).xy_m)) for key in ("al_qaim", *_NAMED_CHECKPOINTS)}
    stations = [at["al_qaim"] + _EAST_GATE_M, *(at[key] for key in _NAMED_CHECKPOINTS)]
    stations[-1] -= _BEFORE_HADITHA_M
    shortest_s, longest_s = value("checkpoint_delay_s")
    waits_s = rng.uniform(shortest_s, longest_s, len(stations))
    return shapely.line_interpolate_point(highway, np.array(stations)), np.round(waits_s, -1)
