# SPDX-License-Identifier: Apache-2.0
"""
Travel times over many worlds: one topology, weighed anew for each, streamed in world order.

What a world costs is its weights; order and shortcuts are shared. Results come one world at a
time, so memory does not grow with their number.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.picture import worlds
from goldenhour.picture.belief import Picture
from goldenhour.picture.worlds import Doubts
from goldenhour.times import layers
from goldenhour.times.carry import Evacuation
from goldenhour.times.danger import Walks
from goldenhour.times.evacuation import closing_areas
from goldenhour.times.kernels.reach import FAR, TICKS
from goldenhour.times.many import spread
from goldenhour.times.result import WithinReach
from goldenhour.times.ticks import limit_ticks, to_seconds
from goldenhour.times.world_streets import WorldStreets

_Result = TypeVar("_Result")
Rows = NDArray[np.integer]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldCase:
    """
    A question that is asked in every world.

    Parameters
    ----------
    evacuation
        The evacuation graph of the town in this picture; what it assumes of unknown streets plays
        no part.
    picture
        What is believed; worlds are drawn from it.
    seed
        Of all worlds.
    sites
        Structure rows. Shape ``(n_sites,)``.
    homes
        Structure rows. Shape ``(n_homes,)``.
    limit_s
        Longest time of interest in seconds, inclusive.
    doubts
        What is not sure in the picture, and how much rests on priors.
    streets
        What streets take, as far as it is the same in all worlds.
    walks
        The ways from all structures onto their streets, to be held against dangers; None where
        nothing is dangerous.
    """

    evacuation: Evacuation
    picture: Picture
    seed: int
    sites: Rows
    homes: Rows
    limit_s: float
    doubts: Doubts = field(init=False, repr=False)
    streets: WorldStreets = field(init=False, repr=False)
    walks: Walks | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out once what all worlds share."""
        town, vehicle = self.evacuation.town, self.evacuation.layers.vehicle_use.vehicle
        streets = WorldStreets.of(town, self.picture, vehicle=vehicle)
        object.__setattr__(self, "doubts", worlds.doubts(town, self.picture))
        object.__setattr__(self, "streets", streets)
        landing, where = self.evacuation.landing, (town.structures.x_m, town.structures.y_m)
        walks = Walks.of(landing, town.streets, *where) if self.picture.hazards else None
        object.__setattr__(self, "walks", walks)


Run = Callable[[Callable[[WorldCase, int], _Result], WorldCase, Iterable[int]], Iterator[_Result]]
"""Run a function for each world number, in order: in this thread, in several, or elsewhere."""


def one_by_one(
    work: Callable[[WorldCase, int], _Result], case: WorldCase, numbers: Iterable[int]
) -> Iterator[_Result]:
    """
    Run worlds in this thread.

    Parameters
    ----------
    work
        What to do in each world.
    case
        The question.
    numbers
        World numbers.

    Yields
    ------
    result
        One per world, in order.
    """
    for number in numbers:
        yield work(case, number)


def carry_times(
    case: WorldCase, n: int, *, run: Run[WithinReach] = one_by_one
) -> Iterator[WithinReach]:
    """
    Measure the way from every home to every site in every world.

    Parameters
    ----------
    case
        The question.
    n
        Number of worlds.
    run
        Where the worlds are worked out; changes no number.

    Yields
    ------
    reach
        One per world, in order.

    Raises
    ------
    InputError
        If worlds went missing.
    """
    yield from _all(run(carry_times_in, case, range(n)), n)


def soonest(case: WorldCase, n: int, *, run: Run[Floats] = one_by_one) -> Iterator[Floats]:
    """
    Measure the way from every home to the site it reaches first, in every world.

    Parameters
    ----------
    case
        The question.
    n
        Number of worlds.
    run
        Where the worlds are worked out; changes no number.

    Yields
    ------
    seconds
        Seconds, ``inf`` beyond the limit. Shape ``(n_homes,)``, float32; one per world, in order.

    Raises
    ------
    InputError
        If worlds went missing.
    """
    yield from _all(run(soonest_in, case, range(n)), n)


def reached_share(
    seconds: Iterable[Floats], limits_s: Iterable[float]
) -> tuple[NDArray[np.float64], int]:
    """
    Count in which share of the worlds each home is reached within each limit.

    Parameters
    ----------
    seconds
        From ``soonest``, one world at a time.
    limits_s
        Limits in seconds, inclusive. Shape ``(n_limits,)``.

    Returns
    -------
    share, n_worlds
        0 to 1. Shape ``(n_limits, n_homes)``. NaN if there was no world.
    """
    limits = np.asarray(list(limits_s), dtype=np.float64)[:, None]
    n_reached: NDArray[np.int64] | None = None
    n_worlds = 0
    for one in seconds:
        within = (one[None, :] <= limits).astype(np.int64)
        n_reached = within if n_reached is None else n_reached + within
        n_worlds += 1
    if n_reached is None:
        return np.full((len(limits), 0), np.nan), 0
    return n_reached / n_worlds, n_worlds


def carry_times_in(case: WorldCase, number: int) -> WithinReach:
    """
    Measure the way from every home to every site in one world.

    Parameters
    ----------
    case
        The question.
    number
        Of the world.

    Returns
    -------
    reach
        Homes within the limit of each site.
    """
    there = evacuation_in(case, number)
    return there.carry_times(case.sites, case.homes, case.limit_s)


def soonest_in(case: WorldCase, number: int) -> Floats:
    """
    Measure the way from every home to the site it reaches first in one world.

    One search from all sites at once; it costs the area they reach, however many they are.

    Parameters
    ----------
    case
        The question.
    number
        Of the world.

    Returns
    -------
    seconds
        Seconds, ``inf`` beyond the limit. Shape ``(n_homes,)``, float32.
    """
    there, limit = evacuation_in(case, number), limit_ticks(case.limit_s)
    site_at, home_at = there.landing_of(case.sites), there.landing_of(case.homes)
    arrive, leave = layers.arrivals(there.layers, site_at), layers.departures(there.layers, home_at)
    desk, _ = spread(there.layers.network.arriving, arrive, case.limit_s)
    ticks = desk.state[:, TICKS].astype(np.int64)
    ways = np.where(leave.node >= 0, ticks[leave.node] + leave.ticks, FAR)
    best = ways.min(axis=1, initial=FAR)
    for past in (
        layers.along_one_street(there.layers, site_at, home_at, limit=limit),
        layers.under_one_roof(np.asarray(case.sites), np.asarray(case.homes)),
    ):
        np.minimum.at(best, past.home, past.ticks)
    return to_seconds(np.where(best <= limit, best, FAR).astype(np.int32))


def evacuation_in(case: WorldCase, number: int) -> Evacuation:
    """
    Weigh the evacuation graph for one world.

    Parameters
    ----------
    case
        The question.
    number
        Of the world.

    Returns
    -------
    evacuation
        The same topology with this world's times; why streets are closed stays the picture's.
    """
    whole = case.evacuation
    world = worlds.draw(case.doubts, seed=case.seed, number=number)
    there = whole.layers.with_seconds(**case.streets.seconds(world)._asdict())
    dangers = tuple(closing_areas(worlds.hazards_in(case.picture, world)))
    kept_from = {id(area) for area in whole.dangers}  # the landing is away from these already
    news = [area for area in dangers if id(area) not in kept_from]
    landing = case.walks.away_from(news) if case.walks else whole.landing
    return replace(whole, layers=there, landing=landing, dangers=dangers)


def _all(results: Iterable[_Result], n: int) -> Iterator[_Result]:
    """Hand results on and count them."""
    n_seen = 0
    for result in results:
        n_seen += 1
        yield result
    if n_seen != n:
        raise InputError(
            f"{n_seen} of {n} worlds came back.",
            where="worlds",
            do="Run it again; a count over some of the worlds would be wrong.",
            code="GH151",
        )
