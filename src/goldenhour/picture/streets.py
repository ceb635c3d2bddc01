# SPDX-License-Identifier: Apache-2.0
"""
State of every street: the newest report that has not expired, for each mode.

The ground and each kind of permission are kept apart and the worst of them counts. "Looked at but
unknown" overrules nothing. Once expired, a street is unknown again, and says so.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode, StreetState
from goldenhour.picture.belief import (
    Contradiction,
    DamageBelief,
    Evidence,
    ReportIndex,
    Stale,
    StreetBelief,
)
from goldenhour.picture.known import Known, moment, seconds
from goldenhour.picture.links import evidence
from goldenhour.picture.notes import Notes, contradiction, finding
from goldenhour.picture.rubble import rubble_share
from goldenhour.picture.snapping import Snapper
from goldenhour.picture.statements import Statement, statements
from goldenhour.town.town import Town

_NEVER = np.iinfo(np.int64).max
_MODES = (Mode.STRETCHER, Mode.VEHICLE)


def street_belief(town: Town, known: Known, damage: DamageBelief) -> tuple[StreetBelief, Notes]:
    """
    Work out the state of every street.

    Parameters
    ----------
    town
        The town.
    known
        What is known.
    damage
        Damage of every structure, for rubble.

    Returns
    -------
    streets, notes
        A street without a valid report is UNKNOWN.
    """
    snapper = Snapper(town.streets)
    said = statements(known, snapper)
    n = town.streets.n_edges
    states, delay_s, expires_s = _apply(n, said)
    went_s = _gone(n, said, states)
    expires = np.where(expires_s < _NEVER, expires_s, np.where(went_s > 0, went_s, _NEVER))
    belief = StreetBelief(
        state_stretcher=states[0],
        state_vehicle=states[1],
        delay_s=delay_s.astype(np.float32),
        rubble_share=rubble_share(town, damage, snapper),
        expires_at=_as_times(expires),
        expired=went_s > 0,
        evidence=_evidence(n, said),
    )
    return belief, Notes(
        contradictions=_contradictions(town, known, said),
        stale=tuple(
            Stale(report=ReportIndex(entry.row), since=moment(entry.expires_s))
            for entry in said
            if not entry.is_valid
        ),
        findings=finding(
            "report-without-street",
            "A report about a street is near no street of the town.",
            done="It is kept and listed, and moves nothing.",
            ids=known.ids(entry.row for entry in said if not len(entry.edges)),
        ),
    )


def _apply(
    n: int, said: Sequence[Statement]
) -> tuple[NDArray[np.int8], NDArray[np.float64], NDArray[np.int64]]:
    """Let the newest valid word of each track stand, then take the worst over tracks."""
    states = np.zeros((2, n), dtype=np.int8)
    delay_s = np.zeros(n)
    expires_s = np.full(n, _NEVER, dtype=np.int64)
    for track in sorted({entry.track for entry in said}):
        on_track = [entry for entry in said if entry.track == track and _tells(entry)]
        here, track_delay_s = np.zeros((2, n), dtype=np.int8), np.zeros(n)
        until = np.full((2, n), _NEVER, dtype=np.int64)
        for entry in on_track:
            for m, mode in enumerate(_MODES):
                if mode in entry.modes:
                    here[m, entry.edges] = entry.state
                    until[m, entry.edges] = entry.expires_s
            if Mode.VEHICLE in entry.modes:
                track_delay_s[entry.edges] = entry.delay_s
        states = np.maximum(states, here)
        delay_s += track_delay_s
        expires_s = np.minimum(expires_s, until.min(axis=0))
    return states, delay_s, expires_s


def _tells(entry: Statement) -> bool:
    """Tell whether a word moves anything."""
    return entry.is_valid and entry.state is not StreetState.UNKNOWN


def _gone(n: int, said: Sequence[Statement], states: NDArray[np.int8]) -> NDArray[np.int64]:
    """Say when the last word on an unknown street expired, seconds since 1970; 0 if none did."""
    went_s = np.zeros((2, n), dtype=np.int64)
    for entry in said:
        if not entry.is_valid and entry.state is not StreetState.UNKNOWN:
            for m, mode in enumerate(_MODES):
                if mode in entry.modes:
                    went_s[m, entry.edges] = np.maximum(went_s[m, entry.edges], entry.expires_s)
    latest_s: NDArray[np.int64] = np.where(states == StreetState.UNKNOWN, went_s, 0).max(axis=0)
    return latest_s


def _as_times(expires_s: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Turn seconds into times, NaT where there is none."""
    times = expires_s.astype("datetime64[s]")
    times[expires_s == _NEVER] = np.datetime64("NaT", "s")
    return times


def _evidence(n: int, said: Sequence[Statement]) -> Evidence:
    """Link every street with all that was said about it, the expired too."""
    rows = np.concatenate([np.zeros(0, np.int64), *(entry.edges for entry in said)])
    reports = np.repeat(
        np.array([entry.row for entry in said], dtype=np.int64),
        [len(entry.edges) for entry in said],
    )
    return evidence(n, rows=rows, reports=reports)


def _contradictions(
    town: Town, known: Known, said: Sequence[Statement]
) -> tuple[Contradiction, ...]:
    """Find streets that different sources call open and closed at about one time."""
    opened = [e for e in said if e.is_valid and e.state is StreetState.OPEN]
    closed = [e for e in said if e.is_valid and e.state is StreetState.CLOSED]
    found = []
    for i, j in np.argwhere(_at_one_time(known, opened, closed)).tolist():
        one, other = opened[i], closed[j]
        if _clash(known, one, other) and len(shared := np.intersect1d(one.edges, other.edges)):
            found.append(
                contradiction(
                    "street-disagrees",
                    subject=f"street {town.streets.id[shared[0]]}",
                    rows=sorted((one.row, other.row), reverse=True),
                    n=f"{len(shared)}",
                    open=known.reports[one.row].source.name,
                    closed=known.reports[other.row].source.name,
                )
            )
    return tuple(found)


def _at_one_time(
    known: Known, some: Sequence[Statement], others: Sequence[Statement]
) -> NDArray[np.bool_]:
    """Compare the times of each word with those of each other word."""
    spans = [
        np.array(
            [
                (seconds(known.reports[e.row].seen_from), seconds(known.reports[e.row].seen_to))
                for e in side
            ],
            dtype=np.int64,
        ).reshape(-1, 2)
        for side in (some, others)
    ]
    (from_a, to_a), (from_b, to_b) = spans[0].T, spans[1].T
    apart_s = np.maximum(from_a[:, None] - to_b, from_b - to_a[:, None])
    together: NDArray[np.bool_] = apart_s <= facts.number("picture.same_time_s")
    return together


def _clash(known: Known, one: Statement, other: Statement) -> bool:
    """Tell whether two words are of one track and mode, and of different sources."""
    return (
        one.track == other.track
        and bool(set(one.modes) & set(other.modes))
        and known.reports[one.row].source.name != known.reports[other.row].source.name
    )
