# SPDX-License-Identifier: Apache-2.0
"""How long it takes to carry a casualty from home to site, and from site to site."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import UnknownStreets
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.times import access, first_mile, layers
from goldenhour.times.access import Landing
from goldenhour.times.danger import keep_away
from goldenhour.times.evacuation import closing_areas
from goldenhour.times.footing import Footing
from goldenhour.times.holders import Direction
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.layers import Layers
from goldenhour.times.modes import VehicleClass
from goldenhour.times.result import WithinReach
from goldenhour.times.ticks import limit_ticks, to_seconds
from goldenhour.times.unattached import Unattached, unattached
from goldenhour.town.terrain import Terrain
from goldenhour.town.town import Town

if TYPE_CHECKING:  # its kernels load when somebody needs them
    from goldenhour.times.hierarchy import Hierarchy

Rows = NDArray[np.integer]


class Spots(NamedTuple):
    """
    Places that are no structures, such as a referral hospital in the next town.

    Parameters
    ----------
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evacuation:
    """
    The evacuation graph of a town at a moment, with all structures joined to it.

    Built once, asked often.

    Parameters
    ----------
    town
        The town.
    layers
        Foot and vehicle layer.
    landing
        Where structures step onto streets today, through no hazard area. Shape
        ``(n_structures, k)``.
    any_day
        The same, whatever is dangerous today: what another evacuation of the town can use.
    dangers
        Areas that nobody may pass today, in the town's metric system.
    footing
        The town's ground; without it nobody is carried farther over it than in a straight line.
    """

    town: Town
    layers: Layers
    landing: Landing
    any_day: Landing
    dangers: tuple[BaseGeometry, ...] = ()
    footing: Footing | None = None

    @classmethod
    def of(  # noqa: PLR0913 - what an evacuation rests on, all by name
        cls,
        town: Town,
        picture: Picture,
        *,
        unknown_streets: UnknownStreets,
        landing: Landing | None = None,
        vehicle: VehicleClass = VehicleClass.AMBULANCE,
        vehicle_wait_s: float | None = None,
        terrain: Terrain | Footing | None = None,
    ) -> "Evacuation":
        """
        Build the graph and join all structures to it.

        Parameters
        ----------
        town
            The town.
        picture
            What is believed of its streets and hazards.
        unknown_streets
            Whether streets without a report count as passable or as closed.
        landing
            ``any_day`` of an earlier evacuation of the same town, whatever the picture; saves its
            search.
        vehicle
            Which vehicles there are.
        vehicle_wait_s
            Seconds until a vehicle is there to load; None for what is usual.
        terrain
            The town's ground, or the footing of an earlier evacuation; it joins structures that
            no street is near.

        Returns
        -------
        evacuation
            Ready to measure.

        Raises
        ------
        InputError
            If the wait is negative or not a number.
        """
        structures = town.structures
        footing = Footing.of(town, terrain) if isinstance(terrain, Terrain) else terrain
        if landing is None or len(landing.edge) != structures.n:
            landing = _landing(town, structures.x_m, structures.y_m, footing)
        built = layers.build(
            town,
            picture,
            unknown_streets=unknown_streets,
            vehicle=vehicle,
            vehicle_wait_s=vehicle_wait_s,
        )
        dangers = tuple(closing_areas(picture.hazards))
        return cls(
            town=town,
            layers=built,
            landing=keep_away(landing, town.streets, structures.x_m, structures.y_m, dangers),
            any_day=landing,
            dangers=dangers,
            footing=footing,
        )

    @property
    def is_attached(self) -> NDArray[np.bool_]:
        """True for structures that join a street open today. Shape ``(n_structures,)``."""
        network = self.layers.network
        is_open, is_street = network.ticks < FAR, network.edge >= 0
        leads_on = np.zeros(network.n_nodes + 1, dtype=np.bool_)  # the last is for "no node"
        leads_on[network.tail[is_open & is_street]] = True
        turns = is_open & ~is_street & (network.ticks == 0)  # at a ruled junction a street is next
        leads_on[network.tail[turns][leads_on[network.head[turns]]]] = True
        return np.asarray(leads_on[layers.departures(self.layers, self.landing).node].any(axis=1))

    @property
    def unattached(self) -> Unattached:
        """Structures that join no street open today, and why."""
        return unattached(self.town, self.any_day, self.is_attached)

    def prepare(self, hierarchy: "Hierarchy | None" = None) -> "Hierarchy":
        """
        Build the hierarchy that large questions use, or take one that was saved.

        It rests on the town alone: pictures, worlds and vehicles of one town share it.

        Parameters
        ----------
        hierarchy
            Of these very streets; built if left out.

        Returns
        -------
        hierarchy
            To be saved.

        Raises
        ------
        InputError
            If the hierarchy is of other streets.
        """
        return self.layers.network.prepare(hierarchy)

    def carry_times(
        self, sites: Rows, homes: Rows, limit_s: float, *, progress: Progress = quiet
    ) -> WithinReach:
        """
        Measure the way from every home to every site, by stretcher or vehicle or both in turn.

        Parameters
        ----------
        sites
            Structure rows. Shape ``(n_sites,)``.
        homes
            Structure rows. Shape ``(n_homes,)``.
        limit_s
            Longest time of interest in seconds, inclusive.
        progress
            Told how far the work is.

        Returns
        -------
        reach
            Homes within the limit of each site; who is not listed is not reached in time.

        Raises
        ------
        InputError
            If a row is no structure, or the limit negative.
        """
        limit = limit_ticks(limit_s)
        site_at, home_at = self.landing_of(sites), self.landing_of(homes)
        known = layers.past_junctions(
            len(site_at.edge),
            layers.along_one_street(self.layers, site_at, home_at, limit=limit),
            layers.under_one_roof(np.asarray(sites), np.asarray(homes)),
        )
        found = self.layers.network.pairs(
            layers.arrivals(self.layers, site_at),
            layers.departures(self.layers, home_at),
            direction=Direction.ARRIVING,
            limit=limit,
            known=known,
            progress=progress,
        )
        return WithinReach(
            start=found.start,
            home=found.column,
            seconds=to_seconds(found.ticks),
            n_homes=len(homes),
            limit_s=limit_s,
        )

    def transfer_times(
        self,
        *,
        origins: Rows | Spots,
        destinations: Rows | Spots,
        limit_s: float | None = None,
        progress: Progress = quiet,
    ) -> NDArray[np.float32]:
        """
        Measure the way of a casualty from site to site, loading and unloading included.

        Parameters
        ----------
        origins
            Structure rows, or spots. Shape ``(n_origins,)``.
        destinations
            Structure rows, or spots. Shape ``(n_destinations,)``.
        limit_s
            Longest time of interest in seconds, inclusive; None for no limit.
        progress
            Told how far the work is.

        Returns
        -------
        seconds
            Seconds, ``inf`` where unreachable or beyond the limit. Shape
            ``(n_origins, n_destinations)``, float32.

        Raises
        ------
        InputError
            If a row is no structure, or the limit negative.
        """
        limit = limit_ticks(limit_s)
        start, end = self.landing_of(origins), self.landing_of(destinations)
        leave, arrive = layers.departures(self.layers, start), layers.arrivals(self.layers, end)
        ticks = self.layers.network.between(leave, arrive, limit=limit, progress=progress)
        one_street = layers.along_one_street(self.layers, end, start, limit=limit)
        np.minimum.at(ticks, (one_street.home, one_street.site), one_street.ticks)
        if not isinstance(origins, Spots) and not isinstance(destinations, Spots):
            ticks[np.equal.outer(np.asarray(origins), np.asarray(destinations))] = 0
        return to_seconds(ticks)

    def landing_of(self, places: Rows | Spots) -> Landing:
        """
        Look up where places step onto streets.

        Parameters
        ----------
        places
            Structure rows, or spots. Shape ``(n,)``.

        Returns
        -------
        landing
            Shape ``(n, k)``.

        Raises
        ------
        InputError
            If a row is no structure.
        """
        if isinstance(places, Spots):
            x_m, y_m = (np.asarray(value, dtype=np.float64) for value in places)
            found = _landing(self.town, x_m, y_m, self.footing)
            return keep_away(found, self.town.streets, x_m, y_m, self.dangers)
        row = np.asarray(places, dtype=np.int64)
        if row.size and not 0 <= row.min() <= row.max() < self.town.structures.n:
            raise InputError("A structure row is out of range.", where="sites, homes", code="GH124")
        return Landing(
            edge=self.landing.edge[row],
            share=self.landing.share[row],
            off_m=self.landing.off_m[row],
            back_m=None if self.landing.back_m is None else self.landing.back_m[row],
        )


def carry_times(  # noqa: PLR0913 - a question in full, all by name
    town: Town,
    picture: Picture,
    *,
    sites: Rows,
    homes: Rows,
    limit_s: float,
    unknown_streets: UnknownStreets,
    progress: Progress = quiet,
) -> WithinReach:
    """
    Measure the way from every home to every site, once; for more questions keep an ``Evacuation``.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets and hazards.
    sites
        Structure rows. Shape ``(n_sites,)``.
    homes
        Structure rows. Shape ``(n_homes,)``.
    limit_s
        Longest time of interest in seconds, inclusive.
    unknown_streets
        Whether streets without a report count as passable or as closed.
    progress
        Told how far the work is.

    Returns
    -------
    reach
        Homes within the limit of each site.
    """
    evacuation = Evacuation.of(town, picture, unknown_streets=unknown_streets)
    return evacuation.carry_times(sites, homes, limit_s, progress=progress)


def transfer_times(  # noqa: PLR0913 - a question in full, all by name
    town: Town,
    picture: Picture,
    *,
    origins: Rows | Spots,
    destinations: Rows | Spots,
    unknown_streets: UnknownStreets,
    limit_s: float | None = None,
    progress: Progress = quiet,
) -> NDArray[np.float32]:
    """
    Measure the way from site to site, once; for more questions keep an ``Evacuation``.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets and hazards.
    origins
        Structure rows, or spots. Shape ``(n_origins,)``.
    destinations
        Structure rows, or spots. Shape ``(n_destinations,)``.
    unknown_streets
        Whether streets without a report count as passable or as closed.
    limit_s
        Longest time of interest in seconds, inclusive; None for no limit.
    progress
        Told how far the work is.

    Returns
    -------
    seconds
        Seconds, ``inf`` where unreachable. Shape ``(n_origins, n_destinations)``, float32.
    """
    evacuation = Evacuation.of(town, picture, unknown_streets=unknown_streets)
    return evacuation.transfer_times(
        origins=origins, destinations=destinations, limit_s=limit_s, progress=progress
    )


def _landing(
    town: Town,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    footing: Footing | None,
) -> Landing:
    """Step onto the nearest streets of the town, whatever is closed today."""
    landing = access.land(
        town,
        x_m,
        y_m,
        usable=access.may_step_on(town),
        n_streets=int(facts.number("times.access_streets")),
    )
    return landing if footing is None else first_mile.extend(landing, footing, x_m, y_m)
