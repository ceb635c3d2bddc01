# SPDX-License-Identifier: Apache-2.0
"""What drivers would say of streets: mostly right, some wrong, some late, some sent twice."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.grades import Credibility, Mode, Reliability, StreetState
from goldenhour.exercise.pinned import value
from goldenhour.exercise.scene import AS_OF, Scene, at, between, place, source
from goldenhour.reports.make import make
from goldenhour.reports.report import Report
from goldenhour.reports.said import StreetSaid

_N_MESSAGES, _LEAST_MESSAGES = 260, 40
_N_DISPUTED, _LEAST_DISPUTED = 14, 4
_N_AFTER, _LEAST_AFTER = 10, 3
_FROM, _TO = at("11-04 05:00"), at("11-09 20:00")
_BLOCKED_SHARE = 0.4  # a driver speaks up when he could not pass
_TRAVELLED = {"trunk": 12.0, "secondary": 9.0, "tertiary": 3.0, "residential": 0.7, "track": 1.0}
_NAMES_STREET_SHARE = 0.6
_STATES_END_SHARE, _ENDS_AFTER_H = 0.3, (12, 48)
_POSITION_ERROR_M = 6.0
_LATE_DAYS = (2, 6)
_SOON_MIN = (5, 200)
_OTHER_WORDS = {
    "rubble": "debris on the road",
    "bridge down": "the bridge has fallen",
    "checkpoint": "stopped at a checkpoint",
    "armed group": "shooting ahead",
    "pontoon": "one vehicle at a time on the pontoon",
    "": "free",
}
_CONVOYS = (("11-06 06:00", 0.8), ("11-08 06:30", 0.9), ("11-10 03:00", 1.0))  # share they speak of
_STRETCH_MIN, _TOLD_AFTER = 2, timedelta(minutes=10)
_BRIDGE_TOLD_AFTER = timedelta(hours=5)
_STRETCH_M = 1000.0
_RELIABILITY = (Reliability.B, Reliability.C, Reliability.C, Reliability.F)


def street_reports(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """
    Draw reports about streets.

    Parameters
    ----------
    scene
        What is really so.
    rng
        Source of all chance.

    Returns
    -------
    reports
        Drivers' messages, the same again word for word or in other words, disputes, convoys on
        the highway, and messages that arrive after ``AS_OF``.
    """
    n = scene.how_many(_N_MESSAGES, least=_LEAST_MESSAGES)
    edges = _driven(scene, n, rng)
    times = between(_FROM, _TO, n, rng)
    first = [
        _message(scene, edge, moment, driver=int(rng.integers(1, 13)), rng=rng)
        for edge, moment in zip(edges, times, strict=True)
    ]
    return [
        *first,
        *_sent_again(first, rng),
        *_in_other_words(first, rng),
        *_disputes(scene, rng),
        *_convoys(scene, rng),
        *_bridges(scene),
        *_after(scene, rng),
    ]


def state_at(scene: Scene, edge: int, moment: datetime) -> StreetState:
    """
    Give a street's true state for vehicles at a moment.

    Parameters
    ----------
    scene
        What is really so.
    edge
        Its number.
    moment
        Aware UTC.

    Returns
    -------
    state
        Closed before engineers opened it again.
    """
    opened = scene.streets.opened_at[edge]
    if not np.isnat(opened) and np.datetime64(moment.replace(tzinfo=None), "s") < opened:
        return StreetState.CLOSED
    return StreetState(int(scene.streets.state_vehicle[edge]))


def _driven(scene: Scene, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose streets that a driver would speak of: the busy ones, and those that stopped him."""
    highway, streets = scene.city.network.highway, scene.streets
    weight = np.array([_TRAVELLED.get(name, 0.1) for name in highway])
    stopped = (streets.state_vehicle == StreetState.CLOSED) | ~np.isnat(streets.opened_at)
    blocked = np.where(stopped, np.sqrt(weight), 0.0)
    chance = (1 - _BLOCKED_SHARE) * weight / weight.sum() + _BLOCKED_SHARE * blocked / blocked.sum()
    return np.asarray(rng.choice(len(weight), n, p=chance / chance.sum()))


def _message(
    scene: Scene,
    edge: int,
    moment: datetime,
    *,
    driver: int,
    rng: np.random.Generator,
    state: StreetState | None = None,
) -> Report:
    """Word one message; without a given state it is the true one, or wrong at the facts' share."""
    if state is None:
        state = state_at(scene, edge, moment)
        if rng.random() < value("driver_wrong_share"):
            state = _mistaken(state)
    cause = _cause(scene, edge, state)
    # How long a checkpoint takes is on the route card; a driver's word would count it twice.
    slow = state is StreetState.RESTRICTED and cause != "checkpoint"
    late = rng.random() < value("late_share")
    wait = (
        timedelta(hours=int(rng.integers(24 * _LATE_DAYS[0], 24 * _LATE_DAYS[1])))
        if late
        else timedelta(minutes=int(rng.integers(*_SOON_MIN)))
    )
    ends = moment + timedelta(hours=int(rng.integers(*_ENDS_AFTER_H)))
    return make(
        StreetSaid(
            state=state,
            modes=(Mode.VEHICLE,),
            cause=cause,
            delay_s=float(scene.streets.delay_s[edge]) if slow else 0.0,
        ),
        source=source(f"driver {driver}", _RELIABILITY[driver % len(_RELIABILITY)], "radio log"),
        where=_spot(scene, edge, rng),
        about=scene.street_id[edge] if rng.random() < _NAMES_STREET_SHARE else "",
        seen_from=moment,
        recorded_at=moment + wait,
        valid_until=ends if rng.random() < _STATES_END_SHARE else None,
        credibility=Credibility.POSSIBLE,
    )


def _mistaken(state: StreetState) -> StreetState:
    """Turn a state into the one it is mistaken for."""
    return StreetState.CLOSED if state is StreetState.OPEN else StreetState.OPEN


def _cause(scene: Scene, edge: int, state: StreetState) -> str:
    """Say why, as a driver would: rubble, if he does not know."""
    if state is StreetState.OPEN:
        return ""
    return str(scene.streets.cause[edge]) or "rubble"


def _spot(scene: Scene, edge: int, rng: np.random.Generator) -> shapely.Point:
    """Point at a street, a few metres off."""
    line = scene.city.network.line[edge]
    here = line.interpolate(rng.uniform(0.2, 0.8), normalized=True)
    return place(shapely.get_coordinates(here)[0] + rng.normal(0.0, _POSITION_ERROR_M, 2))


def _sent_again(first: list[Report], rng: np.random.Generator) -> list[Report]:
    """Send some messages again word for word, hours later: the same report twice."""
    again = rng.permutation(len(first))[: max(2, round(value("resent_share") * len(first)))]
    return [
        replace(first[row], recorded_at=first[row].recorded_at + timedelta(hours=int(hours)))
        for row, hours in zip(again, rng.integers(1, 30, len(again)), strict=True)
    ]


def _in_other_words(first: list[Report], rng: np.random.Generator) -> list[Report]:
    """Say some things again in other words: a new report of the same sight."""
    reworded = []
    chosen = rng.permutation(len(first))[: max(2, round(value("resent_share") * len(first)))]
    for row, minutes in zip(chosen, rng.integers(1, 15, len(chosen)), strict=True):
        old = first[row]
        said = old.said
        if not isinstance(said, StreetSaid):
            continue
        later = timedelta(minutes=int(minutes))
        reworded.append(
            make(
                replace(said, cause=_OTHER_WORDS[said.cause]),
                source=old.source,
                where=old.where,
                about=old.about,
                seen_from=old.seen_from + later,
                recorded_at=old.recorded_at + later,
                valid_until=None if old.valid_until is None else old.valid_until + later,
                credibility=old.credibility,
            )
        )
    return reworded


def _disputes(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """Let two drivers say the opposite of one street within an hour or two."""
    pairs = []
    n = scene.how_many(_N_DISPUTED, least=_LEAST_DISPUTED)
    edges = _driven(scene, n, rng)
    for number, moment in enumerate(between(at("11-08 06:00"), at("11-09 18:00"), n, rng)):
        edge = int(edges[number])
        state = state_at(scene, edge, moment)
        later = moment + timedelta(minutes=int(rng.integers(20, 120)))
        pairs.append(_message(scene, edge, moment, driver=2, rng=rng, state=state))
        pairs.append(_message(scene, edge, later, driver=7, rng=rng, state=_mistaken(state)))
    return pairs


def _convoys(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """Let convoys on the highway report most of its stretches as they found them."""
    stretches = np.flatnonzero(
        (scene.city.network.road == "highway")
        & (shapely.length(scene.city.network.line) > _STRETCH_M)
    )
    reports = []
    for start, says_share in _CONVOYS:
        for number, edge in enumerate(stretches):
            moment = at(start) + timedelta(minutes=_STRETCH_MIN * number)
            if rng.random() < says_share:
                reports.append(_convoy(scene, int(edge), moment, rng))
    return reports


def _convoy(scene: Scene, edge: int, moment: datetime, rng: np.random.Generator) -> Report:
    """Let a convoy that drove a stretch say so: it is never wrong about it, and tells at once."""
    state = state_at(scene, edge, moment)
    told = _message(scene, edge, moment, driver=3, rng=rng, state=state)
    return replace(told, recorded_at=moment + _TOLD_AFTER)


def _bridges(scene: Scene) -> list[Report]:
    """Let engineers report on every bridge, two days after a resident called all of them open."""
    resident = source("resident", Reliability.F, "hearsay")
    engineers = source("bridge engineers", Reliability.B, "reconnaissance")
    streets, reports = scene.streets, []
    for edge in np.flatnonzero(scene.city.network.bridge):
        state = StreetState(int(streets.state_vehicle[edge]))
        modes = () if state is StreetState.CLOSED else (Mode.VEHICLE,)
        found = StreetSaid(
            state=state,
            modes=modes,
            cause=str(streets.cause[edge]),
            delay_s=float(streets.delay_s[edge]),
        )
        for said, who, seen_at in (
            (StreetSaid(state=StreetState.OPEN), resident, at("11-07 09:00")),
            (found, engineers, at("11-09 09:30")),
        ):
            reports.append(
                make(
                    said,
                    source=who,
                    where=_middle(scene, int(edge)),
                    about=scene.street_id[edge],
                    seen_from=seen_at,
                    recorded_at=seen_at + _BRIDGE_TOLD_AFTER,
                )
            )
    return reports


def _middle(scene: Scene, edge: int) -> shapely.Point:
    """Point at the middle of a street."""
    middle = scene.city.network.line[edge].interpolate(0.5, normalized=True)
    return place(shapely.get_coordinates(middle)[0])


def _after(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """Let some messages of the evening before arrive only after the plan's moment."""
    n = scene.how_many(_N_AFTER, least=_LEAST_AFTER)
    edges = _driven(scene, n, rng)
    times = between(at("11-09 14:00"), AS_OF, n, rng)
    late = between(AS_OF + timedelta(hours=1), AS_OF + timedelta(hours=50), n, rng)
    return [
        replace(_message(scene, int(edge), moment, driver=11, rng=rng), recorded_at=recorded)
        for edge, moment, recorded in zip(edges, times, late, strict=True)
    ]
