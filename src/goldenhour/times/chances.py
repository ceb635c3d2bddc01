# SPDX-License-Identifier: Apache-2.0
"""How sure it is that somebody is within reach: counted over worlds that the picture allows."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.grades import UnknownStreets
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.times.asked import Asked
from goldenhour.times.carry import Evacuation
from goldenhour.times.service import Site, by_means, landing_of, serve
from goldenhour.times.worlds import Run, WorldCase, evacuation_in, one_by_one
from goldenhour.town.terrain import Terrain
from goldenhour.town.town import Town

_QUANTILES = (0.05, 0.95)
_STEP = "Worlds"

Seconds = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandChance:
    """
    What is within one limit, over all worlds.

    Parameters
    ----------
    limit_s
        The limit in seconds, inclusive.
    people_expected
        Mean of the persons within it.
    people_low
        Persons in all but the worst 5 % of worlds.
    people_high
        Persons that only the best 5 % of worlds exceed.
    n_expected
        Mean of the structures within it.
    n_sure
        Structures within it in every world.
    n_ever
        Structures within it in some world.
    """

    limit_s: float
    people_expected: float
    people_low: float
    people_high: float
    n_expected: float
    n_sure: int
    n_ever: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """
    Shares of worlds in which structures are within reach.

    Parameters
    ----------
    n_worlds
        How many worlds were worked out.
    seed
        Of them all.
    share
        Share of the worlds, 0 to 1. Shape ``(n_limits, n_structures)``.
    bands
        Numbers by limit.
    """

    n_worlds: int
    seed: int
    share: NDArray[np.float64]
    bands: tuple[BandChance, ...]


def chances(
    town: Town,
    picture: Picture,
    asked: Asked,
    *,
    terrain: Terrain | None = None,
    run: Run[Seconds] = one_by_one,
    progress: Progress = quiet,
) -> Chances:
    """
    Count over worlds who is within reach; in worlds, unknown streets are open or closed by chance.

    Parameters
    ----------
    town
        The town.
    picture
        What worlds are drawn from.
    asked
        The question, of 1 world or more; what it assumes of unknown streets plays no part.
    terrain
        The town's ground, None if it is not known.
    run
        Where the worlds are worked out; changes no number.
    progress
        Told how far the work is.

    Returns
    -------
    chances
        The same on one machine and on many.
    """
    nobody = np.zeros(0, dtype=np.int64)
    case = WorldCase(
        evacuation=Evacuation.of(
            town, picture, unknown_streets=UnknownStreets.PASSABLE, terrain=terrain
        ),
        picture=picture,
        seed=asked.seed,
        sites=nobody,
        homes=nobody,
        limit_s=max(asked.limits_s),
    )
    results = run(partial(soonest_in, asked=asked), case, range(asked.n_worlds))
    return _count(results, picture.people.people, asked, progress=progress)


def soonest_in(case: WorldCase, number: int, *, asked: Asked) -> Seconds:
    """
    Measure one world.

    Parameters
    ----------
    case
        The town and what worlds are drawn from.
    number
        Of the world.
    asked
        The question.

    Returns
    -------
    seconds
        Seconds between every structure and its nearest site, ``inf`` beyond the longest limit.
        Shape ``(n_structures,)``.
    """
    there = by_means(evacuation_in(case, number), asked.means)
    sites = tuple(site for site in asked.sites if _joins(there, site))
    if not sites:  # in this world a danger lies between them and every street
        return np.full(there.town.structures.n, np.inf, dtype=np.float32)
    service = serve(there, sites, limits_s=asked.limits_s, direction=asked.direction)
    return service.soonest_s


def _joins(there: Evacuation, site: Site) -> bool:
    """Tell whether a site joins any street in this world."""
    try:
        landing_of(there, (site,))
    except InputError:
        return False
    return True


def _count(
    results: Iterable[Seconds], people: NDArray[np.float64], asked: Asked, *, progress: Progress
) -> Chances:
    """Add the worlds up, one in memory at a time."""
    n_worlds = asked.n_worlds
    limits = np.array(asked.limits_s)[:, None]
    n_times = np.zeros((len(limits), len(people)), dtype=np.int64)
    per_world = np.zeros((n_worlds, len(limits)))
    progress(_STEP, 0, n_worlds)
    for number, seconds in enumerate(results):
        within = seconds[None, :] <= limits
        n_times += within
        per_world[number] = within @ people
        progress(_STEP, number + 1, n_worlds)
    low, high = np.quantile(per_world, _QUANTILES, axis=0)
    return Chances(
        n_worlds=n_worlds,
        seed=asked.seed,
        share=n_times / n_worlds,
        bands=tuple(
            BandChance(
                limit_s=limit_s,
                people_expected=float(per_world[:, i].mean()),
                people_low=float(low[i]),
                people_high=float(high[i]),
                n_expected=float(n_times[i].sum() / n_worlds),
                n_sure=int((n_times[i] == n_worlds).sum()),
                n_ever=int((n_times[i] > 0).sum()),
            )
            for i, limit_s in enumerate(asked.limits_s)
        ),
    )
