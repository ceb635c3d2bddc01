# SPDX-License-Identifier: Apache-2.0
"""Of how many people each site takes the casualties, where capacities limit the choice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.asking.demand import people_within
from goldenhour.siting.asking.question import Question, SurgeryAt
from goldenhour.siting.choosing.options import Homes, Options
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.engine.capacity_check import Offer, serve
from goldenhour.siting.engine.min_cut import measure

Floats = NDArray[np.float64]
_PARTS = 64.0  # as people are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """
    People whose casualties of a busy day a site can take.

    Parameters
    ----------
    tsp
        A stabilisation point.
    hospital
        A field hospital: patients, operations and beds, whichever is least.
    """

    tsp: float
    hospital: float


def room_of(question: Question) -> Room:
    """
    Reckon the room of a site of each tier.

    Parameters
    ----------
    question
        Casualties and capacities.

    Returns
    -------
    room
        Whole 64ths of people, rounded down; ``inf`` without a limit.
    """
    casualties, capacities = question.casualties, question.capacities
    onward = casualties.red_share + casualties.yellow_share
    limits = [(capacities.field_hospital_patients_per_day, onward)]
    if question.surgery_at is SurgeryAt.FIELD_HOSPITAL:
        beds = capacities.beds / capacities.stay_days if capacities.stay_days else np.inf
        # Beds fill over days: what they bear is a mean day, not a busy one.
        limits.append((capacities.operations_per_day, casualties.surgery_share))
        limits.append((beds * casualties.peak_factor, casualties.surgery_share))
    arrivals = min((most / share if share else np.inf) for most, share in limits)
    return Room(
        tsp=_down(people_within(capacities.tsp_patients_per_day, casualties)),
        hospital=_down(people_within(arrivals, casualties)),
    )


def within_room(
    question: Question, options: Options, homes: Homes, served: Served
) -> tuple[float, float]:
    """
    Count who is served within the sites' room, at a stabilisation point and along the chain.

    Parameters
    ----------
    question
        Whether capacities limit the choice.
    options
        Candidates and times.
    homes
        People.
    served
        The choice.

    Returns
    -------
    at_tsp, along_chain
        People; ``inf`` where capacities do not limit.
    """
    if not question.capacity_limits:
        return np.inf, np.inf
    room = room_of(question)
    hospital = tuple(int(k) for k in served.hospital)
    tsp = tuple(int(j) for j in served.tsp)
    return (
        _served(options, homes, tsp, (), room),
        _served(options, homes, tsp, hospital, room) if hospital else 0.0,
    )


def _served(
    options: Options, homes: Homes, tsp: tuple[int, ...], hospital: tuple[int, ...], room: Room
) -> float:
    """Largest flow from people through points, and on to hospitals if there are any."""
    n_sites, n_hospitals = options.link_s.shape
    sites, beds = np.full(n_sites, room.tsp), np.full(n_hospitals, room.hospital)
    linked = np.isfinite(options.link_s) if hospital else None
    rooms = (sites, beds) if hospital else (sites, np.zeros(0))
    return serve(
        Offer(
            cover=options.cover,
            people=homes.people,
            rooms=rooms,
            measure=measure(homes.people, *rooms),
            linked=linked,
        ),
        tsp,
        hospital,
    ).people


def _down(people: float) -> float:
    """Round down to whole 64ths."""
    return float(np.floor(people * _PARTS) / _PARTS) if np.isfinite(people) else np.inf
