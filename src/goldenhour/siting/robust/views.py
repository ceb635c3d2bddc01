# SPDX-License-Identifier: Apache-2.0
"""What one world does to the candidates: who is where, what is in reach, which can be used."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture import worlds
from goldenhour.picture.worlds import World
from goldenhour.siting.choosing.options import whole_parts
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.siting.screening.verdicts import Case as Screened
from goldenhour.siting.screening.verdicts import by_hazard
from goldenhour.times.worlds import WorldCase, evacuation_in

Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    What all worlds share, beside travel times.

    Parameters
    ----------
    hospital
        Structure rows of field-hospital candidates. Shape ``(n_hospitals,)``.
    link_limit_s
        Seconds that a casualty may take from stabilisation point to field hospital.
    screened
        The candidates, with all their parts, as the rules look at them.
    rows
        Structure rows of these, ascending. Shape ``(n_looked_at,)``.
    tsp
        Verdicts for stabilisation points.
    field_hospital
        Verdicts for field hospitals.
    """

    hospital: Rows
    link_limit_s: float
    screened: Screened
    rows: Rows
    tsp: TierScreening
    field_hospital: TierScreening

    @classmethod
    def of(
        cls, screened: Screened, screening: Screening, *, tsp: Rows, hospital: Rows, link_s: float
    ) -> "Ground":
        """
        Look up once what all worlds share.

        Parameters
        ----------
        screened
            The town as the rules look at it.
        screening
            Verdicts of both tiers.
        tsp
            Structure rows of stabilisation candidates. Shape ``(n_tsp,)``.
        hospital
            Structure rows of field-hospital candidates. Shape ``(n_hospitals,)``.
        link_s
            Seconds that a casualty may take from stabilisation point to field hospital.

        Returns
        -------
        ground
            To be asked for each world.
        """
        first, second = screening.of(Tier.TSP), screening.of(Tier.FIELD_HOSPITAL)
        rows = np.array(
            sorted(
                {part for row in tsp for part in first.parts(int(row))}
                | {part for row in hospital for part in second.parts(int(row))}
            ),
            dtype=np.int64,
        )
        body = screened.around.body[rows]
        around = replace(screened.around, body=body, tree=shapely.STRtree(body))
        return cls(
            hospital=hospital,
            link_limit_s=link_s,
            screened=replace(screened, around=around),
            rows=rows,
            tsp=first,
            field_hospital=second,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldView:
    """
    One world, as the chain sees it.

    Parameters
    ----------
    number
        Of the world.
    people
        People of each home, in whole 64ths. Shape ``(n_homes,)``.
    cover
        Homes within the clock of each stabilisation candidate that can be used there.
    linked
        True where a usable hospital is in time for a usable point. Shape ``(n_tsp, n_hospitals)``,
        bool.
    """

    number: int
    people: NDArray[np.float64]
    cover: Cover
    linked: Bools


def view(case: WorldCase, number: int, *, ground: Ground) -> WorldView:
    """
    Look at one world.

    Parameters
    ----------
    case
        Stabilisation candidates as ``sites``, homes, and the first clock as limit.
    number
        Of the world.
    ground
        What all worlds share.

    Returns
    -------
    view
        The same for the same picture, seed and number.
    """
    world = worlds.draw(case.doubts, seed=case.seed, number=number)
    there = evacuation_in(case, number)
    reach = there.carry_times(case.sites, case.homes, case.limit_s)
    tsp = _usable(case, world, ground, ground.tsp, np.asarray(case.sites))
    hospital = _usable(case, world, ground, ground.field_hospital, ground.hospital)
    link_s = there.transfer_times(
        origins=case.sites, destinations=ground.hospital, limit_s=ground.link_limit_s
    )
    cover = Cover(start=reach.start, home=reach.home, n_homes=reach.n_homes)
    return WorldView(
        number=number,
        people=whole_parts(world.people)[case.homes],
        cover=_without(cover, ~tsp),
        linked=np.isfinite(link_s) & tsp[:, np.newaxis] & hospital[np.newaxis, :],
    )


def _usable(
    case: WorldCase, world: World, ground: Ground, screening: TierScreening, rows: Rows
) -> Bools:
    """Find the candidates that turn out fit, all their parts too, and away from every danger."""
    seen = replace(case.picture, hazards=worlds.hazards_in(case.picture, world))
    looked_at = replace(ground.screened, picture=seen)
    present = {area.hazard for area in seen.hazards}
    bad = world.unfit[screening.tier][ground.rows]
    for reach in screening.requirements.reaches:
        if reach.hazard in present:
            bad |= by_hazard(looked_at, reach) == Verdict.UNFIT
    parts = [np.searchsorted(ground.rows, screening.parts(int(row))) for row in rows]
    return np.array([not bad[at].any() for at in parts], dtype=np.bool_)


def _without(cover: Cover, dropped: Bools) -> Cover:
    """Let some sites cover nobody."""
    length = np.diff(cover.start)
    keep = np.repeat(~dropped, length)
    start = np.zeros(len(cover.start), dtype=np.int64)
    np.cumsum(np.where(dropped, 0, length), out=start[1:])
    return replace(cover, start=start, home=cover.home[keep])


def served_in(seen: WorldView, tsp: Rows, hospital: Rows) -> float:
    """
    Count the people whom a choice serves in one world, home by home.

    Parameters
    ----------
    seen
        The world.
    tsp
        Positions of open stabilisation points. Shape ``(n_open,)``.
    hospital
        Positions of open field hospitals. Shape ``(n_open_hospitals,)``.

    Returns
    -------
    people
        Within every clock up to a field hospital.
    """
    reached = np.zeros(len(seen.people), dtype=np.bool_)
    for at in tsp:
        if seen.linked[at, hospital].any():
            reached[seen.cover.home[seen.cover.start[at] : seen.cover.start[at + 1]]] = True
    return float(seen.people[reached].sum())
