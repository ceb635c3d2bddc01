# SPDX-License-Identifier: Apache-2.0
"""How fast each mode goes on each class of street, before anything is broken."""

from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode
from goldenhour.town.rules import Access, Users
from goldenhour.town.town import Objects, Streets

_KMH_TO_M_PER_S = 1 / 3.6

Codes = NDArray[np.int8]


class VehicleClass(StrEnum):
    """What carries casualties on wheels."""

    AMBULANCE = "ambulance"
    PICK_UP = "pick_up"
    TRUCK = "truck"


def carry_off_road_s_per_m() -> float:
    """
    Say how long a stretcher team needs for one metre of open ground.

    Returns
    -------
    pace
        Seconds per metre.
    """
    speed_m_per_s = facts.number("times.off_road_kmh") * _KMH_TO_M_PER_S
    return facts.number("times.carry_factor") / speed_m_per_s


def boarding_s(vehicle_wait_s: float | None = None) -> float:
    """
    Say how long it takes from calling a vehicle until the casualty lies in it.

    Parameters
    ----------
    vehicle_wait_s
        Seconds until the vehicle is there; None for what is usual.

    Returns
    -------
    boarding_s
        Seconds of waiting and loading.

    Raises
    ------
    InputError
        If the wait is negative, endless or not a number.
    """
    wait_s = facts.number("times.vehicle_wait_s") if vehicle_wait_s is None else vehicle_wait_s
    if not (np.isfinite(wait_s) and wait_s >= 0):
        raise InputError(
            "The wait for a vehicle must be 0 seconds or more.",
            where="vehicle_wait_s",
            do="If there is no vehicle, measure on foot.",
            code="GH141",
        )
    return facts.number("times.loading_s") + wait_s


def clear_seconds(
    streets: Streets, *, mode: Mode, vehicle: VehicleClass = VehicleClass.AMBULANCE
) -> NDArray[np.float64]:
    """
    Measure every street as if nothing were broken.

    Parameters
    ----------
    streets
        The street segments.
    mode
        How the casualty moves.
    vehicle
        Which vehicle, if by vehicle.

    Returns
    -------
    seconds
        Seconds to pass each street, ``inf`` where the mode may not go. Shape ``(n_edges,)``.
    """
    speed = _vehicle_kmh(streets, vehicle) if mode is Mode.VEHICLE else _carry_kmh(streets)
    seconds = np.full(streets.n_edges, np.inf)
    allowed = is_allowed(streets, mode=mode, vehicle=vehicle)
    seconds[allowed] = streets.length_m[allowed] / (speed[allowed] * _KMH_TO_M_PER_S)
    return seconds


def is_allowed(
    streets: Streets, *, mode: Mode, vehicle: VehicleClass = VehicleClass.AMBULANCE
) -> NDArray[np.bool_]:
    """
    Tell which streets are ways for a mode at all: by class, width and posted weight.

    Parameters
    ----------
    streets
        The street segments.
    mode
        How the casualty moves.
    vehicle
        Which vehicle, if by vehicle.

    Returns
    -------
    allowed
        Shape ``(n_edges,)``, bool.
    """
    closed = list(facts.fact("times.no_way_classes").value)
    if mode is not Mode.VEHICLE:
        return ~_is_of(streets.highway, closed)
    closed += facts.fact("times.no_vehicle_classes").value
    closed += _of_vehicle("times.no_classes_by_vehicle", vehicle, [])
    allowed = ~_is_of(streets.highway, closed)
    allowed &= ~(streets.width_m < _of_vehicle("times.vehicle_width_m", vehicle, 0.0))
    allowed &= ~(streets.maxweight_t < _of_vehicle("times.vehicle_weight_t", vehicle, 0.0))
    return allowed


def may_stop(
    streets: Streets, *, vehicle: VehicleClass = VehicleClass.AMBULANCE
) -> NDArray[np.bool_]:
    """
    Tell where a vehicle may stop to load or unload.

    Parameters
    ----------
    streets
        The street segments.
    vehicle
        Which vehicle.

    Returns
    -------
    may_stop
        Shape ``(n_edges,)``, bool.
    """
    never = _is_of(streets.highway, facts.fact("times.no_stopping_classes").value)
    return is_allowed(streets, mode=Mode.VEHICLE, vehicle=vehicle) & ~never


def access_of(users: Users, *, mode: Mode, vehicle: VehicleClass) -> Codes:
    """
    Look up what the map says to a mode.

    Parameters
    ----------
    users
        What it says to each kind of user.
    mode
        How the casualty moves.
    vehicle
        Which vehicle, if by vehicle.

    Returns
    -------
    access
        ``Access`` numbers. Shape ``(n,)``, int8.
    """
    if mode is not Mode.VEHICLE:
        return users.foot
    by_vehicle = {
        VehicleClass.AMBULANCE: users.ambulance,
        VehicleClass.PICK_UP: users.car,
        VehicleClass.TRUCK: users.truck,
    }
    return by_vehicle[vehicle]


def stops_at_gate(kind: Objects, access: Codes, *, vehicle: VehicleClass) -> NDArray[np.bool_]:
    """
    Tell which gates stop a vehicle: what the map says of them first, else their kind.

    A private gate counts as locked.

    Parameters
    ----------
    kind
        OSM ``barrier`` values. Shape ``(n,)``, objects.
    access
        What the map says to the vehicle. Shape ``(n,)``.
    vehicle
        Which vehicle.

    Returns
    -------
    stops
        Shape ``(n,)``, bool.
    """
    against = _of_vehicle("times.gates_against_vehicle", vehicle, [])
    opens = [word for word in facts.fact("times.passable_gates").value if word not in against]
    by_kind = ~_is_of(kind, opens)
    says_no = (access == Access.NO) | (access == Access.PRIVATE)
    return np.asarray(np.where(access == Access.UNKNOWN, by_kind, says_no), dtype=np.bool_)


def rubble_factor(mode: Mode, vehicle: VehicleClass) -> float:
    """
    Say how much slower a mode is where rubble is sure.

    Parameters
    ----------
    mode
        How the casualty moves.
    vehicle
        Which vehicle, if by vehicle.

    Returns
    -------
    factor
        1 or more.
    """
    if mode is not Mode.VEHICLE:
        return facts.number("times.rubble_stretcher_factor")
    usual = facts.number("times.rubble_vehicle_factor")
    return float(_of_vehicle("times.rubble_by_vehicle_factor", vehicle, usual))


def rubble_blocks_share(vehicle: VehicleClass) -> float:
    """
    Say from what chance of rubble on a vehicle is not sent.

    Parameters
    ----------
    vehicle
        Which vehicle.

    Returns
    -------
    rubble_share
        A share, 0 to 1.
    """
    usual = facts.number("times.rubble_blocks_vehicle_share")
    return float(_of_vehicle("times.rubble_blocks_by_vehicle_share", vehicle, usual))


def is_class_unknown(streets: Streets) -> NDArray[np.bool_]:
    """
    Tell which streets have no class, or one that no fact knows; they count as slowest.

    Parameters
    ----------
    streets
        The street segments.

    Returns
    -------
    unknown
        Shape ``(n_edges,)``, bool.
    """
    known = set(facts.fact("times.vehicle_kmh").value)
    for name in ("times.no_vehicle_classes", "times.no_way_classes"):
        known |= set(facts.fact(name).value)
    return ~_is_of(streets.highway, list(known))


def _vehicle_kmh(streets: Streets, vehicle: VehicleClass) -> NDArray[np.float64]:
    """Give km/h by class and surface, never above the posted speed nor the convoy's."""
    speed = _looked_up(
        streets.highway,
        facts.fact("times.vehicle_kmh").value | _of_vehicle("times.vehicle_class_kmh", vehicle, {}),
        facts.number("times.vehicle_unknown_class_kmh"),
    )
    posted = np.where(streets.maxspeed_kmh > 0, streets.maxspeed_kmh, np.inf)
    factor = float(facts.fact("times.surface_vehicle_factor").value[vehicle])
    on_surface = factor * _looked_up(streets.surface, facts.fact("times.surface_kmh").value, np.inf)
    convoy = facts.number("times.convoy_kmh")
    return np.minimum(np.minimum(speed, posted), np.minimum(on_surface, convoy))


def _carry_kmh(streets: Streets) -> NDArray[np.float64]:
    """Give km/h of a stretcher team; over sand or mud it is as slow as off the road."""
    speed = facts.number("times.walking_kmh") / facts.number("times.carry_factor")
    by_class = _looked_up(
        streets.highway, {"steps": speed / facts.number("times.steps_factor")}, speed
    )
    off_road = facts.number("times.off_road_kmh") / facts.number("times.carry_factor")
    soft = dict.fromkeys(facts.fact("times.soft_surfaces").value, off_road)
    return np.minimum(by_class, _looked_up(streets.surface, soft, np.inf))


def _of_vehicle(fact: str, vehicle: VehicleClass, usual: Any) -> Any:  # noqa: ANN401 - as TOML has it
    """Look up a fact that only some vehicles have of their own."""
    return facts.fact(fact).value.get(vehicle.value, usual)


def _is_of(words: Objects, listed: list[str]) -> NDArray[np.bool_]:
    """Tell which words are in a list."""
    return _looked_up(words, dict.fromkeys(listed, 1.0), 0.0) > 0


def _looked_up(words: Objects, value: dict[str, float], otherwise: float) -> NDArray[np.float64]:
    """Look one number up per distinct word, then per street."""
    number, distinct = pd.factorize(words)
    found = np.array([value.get(str(word), otherwise) for word in distinct], dtype=np.float64)
    return found[number]
