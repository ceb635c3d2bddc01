# SPDX-License-Identifier: Apache-2.0
"""The Mosul chronology as questions to the chain, each day with what was known that day."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import crs, facts
from goldenhour.siting.models import Choice, Cover, Links, chain

_FRONT_KMH = 30.0  # on town streets, within sound of the front: our assumption
_HOUR_S = 3600.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day: what was held and fought over, what worked, and what was seen to be done."""

    date: date
    bank: str
    held: tuple[str, ...]
    fought: tuple[str, ...]
    open: tuple[str, ...]
    seen_tsp: str = ""
    seen_hospital: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the chain says for one day; kilometres from the nearest fighting, straight line."""

    day: Day
    tsp: str
    tsp_km: float
    hospital: str
    hospital_km: float
    hospitals_as_good: tuple[str, ...]
    served_share: float
    served_by_open_share: float
    link_min: dict[str, float]


@cache
def _words() -> Any:  # noqa: ANN401 - as TOML gives it
    """Read the chronology."""
    return tomllib.loads(Path(__file__).with_name("mosul.toml").read_text(encoding="utf-8"))


def days() -> tuple[Day, ...]:
    """List the days."""
    return tuple(_day(entry) for entry in _words()["days"])


def _day(entry: dict[str, Any]) -> Day:
    """Take one day, its lists as tuples."""
    fields: Any = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    return Day(**fields)


def away_km(start: str, end: str) -> float:
    """Measure a straight line."""
    (lon, lat, _), (to_lon, to_lat, _) = (_words()["places"][name] for name in (start, end))
    ends = (np.array([value]) for value in (lon, lat, to_lon, to_lat))
    return float(crs.geodesic_m(*ends)[0]) / 1000


def drive_s(start: str, end: str, *, speed_kmh: float) -> float:
    """Drive by the straight line and the detour factor, with checkpoints, never over the river."""
    places, stops = _words()["places"], _words()["checkpoints"]
    if places[start][2] != places[end][2]:
        return np.inf
    along_km = away_km(start, end) * facts.number("siting.detour_factor")
    quick_s: float = float(facts.fact("exercise.checkpoint_delay_s").value[0])
    return float(along_km / speed_kmh * _HOUR_S + quick_s * stops.get(end, 0))


def answer(day: Day, *, stand_off_km: float) -> Answer:
    """Ask for one stabilisation point and one field hospital, at least so far from the fighting."""
    towns = [
        name for name in _words()["hospital_towns"][day.bank] if _depth_km(name, day) > stand_off_km
    ]
    cover = np.array([[_is_near(place, site) for site in day.held] for place in day.fought])
    link_s = np.array(
        [[drive_s(site, town, speed_kmh=_convoy()) for town in towns] for site in day.held]
    )
    linked = link_s <= link_limit_s()
    people = np.ones(len(day.fought))
    found = chain(
        Cover.from_dense(cover.T),
        Links(linked=linked),
        people,
        sites=Choice(n=1),
        hospitals=Choice(n=1),
    )
    tsp = found.sites[0]
    in_time = np.flatnonzero(linked[tsp])
    nearest = int(in_time[np.argmin(link_s[tsp, in_time])]) if len(in_time) else 0
    working = [towns.index(name) for name in day.open if name in towns]
    served_by_open = (
        cover[:, linked[:, working].any(axis=1)].any(axis=1) if working else np.zeros(1)
    )
    return Answer(
        day=day,
        tsp=day.held[tsp],
        tsp_km=_depth_km(day.held[tsp], day),
        hospital=towns[nearest] if len(in_time) else "",
        hospital_km=_depth_km(towns[nearest], day) if len(in_time) else np.inf,
        hospitals_as_good=tuple(towns[k] for k in in_time),
        served_share=found.objective / len(day.fought),
        served_by_open_share=float(np.mean(served_by_open)),
        link_min={town: float(link_s[tsp, k]) / 60 for k, town in enumerate(towns)},
    )


def link_limit_s() -> float:
    """Seconds left for the drive to a field hospital when the first clock was used up."""
    return (
        facts.number("clocks.field_hospital_s")
        - facts.number("clocks.tsp_s")
        - facts.number("clocks.stabilising_s")
    )


def _convoy() -> float:
    return facts.number("times.convoy_kmh")


def _depth_km(place: str, day: Day) -> float:
    """Kilometres from a place to the nearest fighting."""
    return min(away_km(place, front) for front in day.fought)


def _is_near(place: str, site: str) -> bool:
    """Whether a casualty reaches a stabilisation point within its clock."""
    return drive_s(place, site, speed_kmh=_FRONT_KMH) <= facts.number("clocks.tsp_s")
