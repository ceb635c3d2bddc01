# SPDX-License-Identifier: Apache-2.0
"""Who is served within which clock, who is not, and why: everybody is in one of the two."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import Question
from goldenhour.siting.choosing.options import Homes, Options
from goldenhour.siting.choosing.referral import Onward
from goldenhour.siting.choosing.settle import people_by_nearest
from goldenhour.siting.plan import Coverage

Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    What a choice does for each home.

    Parameters
    ----------
    tsp
        Chosen stabilisation candidates, as positions in the options. Shape ``(n_open,)``.
    hospital
        Chosen hospital candidates, as positions in the options. Shape ``(n_open_hospitals,)``.
    nearest
        Position in ``tsp`` of the nearest point of each home, -1 if none. Shape ``(n_homes,)``.
    carry_s
        Seconds to it, ``inf`` if none. Shape ``(n_homes,)``, float32.
    linked
        Position in ``tsp`` of the nearest point with a hospital in time, -1 if none. Shape
        ``(n_homes,)``.
    hospital_of
        Position in ``hospital`` of the one nearest to each point, -1 if none in time. Shape
        ``(n_open,)``.
    """

    tsp: Rows
    hospital: Rows
    nearest: NDArray[np.int32]
    carry_s: NDArray[np.float32]
    linked: NDArray[np.int32]
    hospital_of: NDArray[np.int64]

    @property
    def has_hospital(self) -> Bools:
        """True where the chain holds up to a field hospital. Shape ``(n_homes,)``."""
        return np.asarray(self.linked >= 0)

    @property
    def home_hospital(self) -> NDArray[np.int64]:
        """Position in ``hospital`` that each home ends at, -1 if none. Shape ``(n_homes,)``."""
        found = np.full(len(self.linked), -1, dtype=np.int64)
        found[self.has_hospital] = self.hospital_of[self.linked[self.has_hospital]]
        return found


def serve(options: Options, tsp: Rows, hospital: Rows) -> Served:
    """
    Send every home along its chain.

    Parameters
    ----------
    options
        Candidates and times.
    tsp
        Chosen stabilisation candidates. Shape ``(n_open,)``.
    hospital
        Chosen hospital candidates. Shape ``(n_open_hospitals,)``.

    Returns
    -------
    served
        Home by home.
    """
    link_s = options.link_s[np.ix_(tsp, hospital)]
    in_time = np.isfinite(link_s).any(axis=1) if len(hospital) else np.zeros(len(tsp), np.bool_)
    hospital_of = np.full(len(tsp), -1, dtype=np.int64)
    hospital_of[in_time] = np.argmin(link_s[in_time], axis=1) if in_time.any() else -1
    nearest, carry_s = people_by_nearest(options.cover, options.seconds, tsp)
    usable = np.flatnonzero(in_time)
    linked, _ = people_by_nearest(options.cover, options.seconds, tsp[usable])
    return Served(
        tsp=tsp,
        hospital=hospital,
        nearest=nearest,
        carry_s=carry_s,
        linked=np.where(linked >= 0, usable[np.maximum(linked, 0)], -1).astype(np.int32)
        if len(usable)
        else np.full(len(nearest), -1, dtype=np.int32),
        hospital_of=hospital_of,
    )


def coverage(  # noqa: PLR0913 - all that people are counted by, most by name
    served: Served,
    homes: Homes,
    question: Question,
    onward: Onward,
    *,
    attached: Bools,
    joined: Bools,
    most: tuple[float, float] = (np.inf, np.inf),
) -> tuple[Coverage, ...]:
    """
    Count people by clock, and those beyond it by reason.

    Parameters
    ----------
    served
        Home by home.
    homes
        People.
    question
        Clocks.
    onward
        What lies beyond the field hospitals.
    attached
        True where a home joins an open street. Shape ``(n_homes,)``, bool.
    joined
        True where some open way leads to a chosen point, however long. Shape ``(n_homes,)``, bool.
    most
        People that the points, and the whole chain, have room for; ``inf`` without a limit.

    Returns
    -------
    coverage
        Stabilisation point, field hospital, referral hospital.
    """
    reason = np.where(attached, np.where(joined, "too-far", "no-open-street"), "not-attached")
    reason = reason.astype(object)
    reason[served.nearest >= 0] = ""
    at_tsp = _count(Tier.TSP, question.tsp_clock_s, homes, reason)
    reason[(served.nearest >= 0) & ~served.has_hospital] = "field-hospital-too-far"
    at_hospital = _count(Tier.FIELD_HOSPITAL, question.field_hospital_clock_s, homes, reason)
    ends_at = served.home_hospital
    goes_on = served.has_hospital.copy()
    goes_on[goes_on] = onward.in_time[ends_at[goes_on]]
    reason[served.has_hospital & ~goes_on] = onward.reason
    at_referral = _count(Tier.REFERRAL, question.surgery_clock_s, homes, reason)
    return (
        _within(at_tsp, most[0]),
        _within(at_hospital, most[1]),
        _within(at_referral, most[1]),
    )


def _within(entry: Coverage, most: float) -> Coverage:
    """Count as not served whom nobody has room for."""
    over = entry.served - most
    if over <= 0:
        return entry
    because = (*entry.not_served_because, ("over-capacity", over))
    return replace(
        entry,
        served=most,
        not_served=entry.not_served + over,
        not_served_because=tuple(sorted(because)),
    )


def _count(tier: Tier, clock_s: float, homes: Homes, reason: NDArray[np.object_]) -> Coverage:
    """Sum people by reason; people are whole 64ths, so that the parts make up the whole."""
    people = float(homes.people.sum())
    because = tuple(
        (str(code), float(homes.people[reason == code].sum()))
        for code in sorted(set(reason[homes.people > 0]) - {""})
    )
    not_served = sum(count for _, count in because)
    return Coverage(
        tier=tier,
        clock_s=clock_s,
        people=people,
        served=people - not_served,
        not_served=not_served,
        not_served_because=because,
    )
