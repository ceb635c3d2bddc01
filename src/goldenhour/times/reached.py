# SPDX-License-Identifier: Apache-2.0
"""What is within reach of sites at a moment: the whole answer."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import StreetState, UnknownStreets
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.times.access import Landing
from goldenhour.times.areas import Drawing, draw
from goldenhour.times.asked import Asked, fingerprint
from goldenhour.times.bands import Band, Measured, SiteBand, bands, site_bands
from goldenhour.times.carry import Evacuation
from goldenhour.times.chances import Chances
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.pieces import Pieces, pieces_of
from goldenhour.times.service import (
    Means,
    Service,
    by_means,
    landing_of,
    serve,
    spots_of,
)
from goldenhour.times.unattached import Unattached
from goldenhour.town.terrain import Terrain
from goldenhour.town.town import Town

_STEP = "Measuring what is within reach"
_N_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """
    The answer.

    Parameters
    ----------
    id
        Fingerprint of all that it rests on.
    asked
        The question.
    service
        Times between sites and structures.
    drawing
        Areas.
    pieces
        Streets within reach.
    bands
        Numbers by limit.
    site_bands
        Numbers by site and limit.
    is_unknown
        True for streets without a valid report for these means. Shape ``(n_edges,)``.
    unattached
        Structures that join no street open to these means, and why.
    shut_sites
        Numbers of sites all of whose streets are closed to these means.
    chances
        Shares of worlds, None if no worlds were asked for.
    """

    id: str
    asked: Asked
    service: Service
    drawing: Drawing
    pieces: Pieces
    bands: tuple[Band, ...]
    site_bands: tuple[SiteBand, ...]
    is_unknown: NDArray[np.bool_]
    unattached: Unattached
    shut_sites: tuple[int, ...]
    chances: Chances | None = None


def reached(
    town: Town,
    picture: Picture,
    asked: Asked,
    *,
    terrain: Terrain | None = None,
    progress: Progress = quiet,
) -> Reached:
    """
    Work out what is within reach.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets, hazards and people.
    asked
        The question.
    terrain
        The town's ground, for those whom no street is near.
    progress
        Told how far the work is.

    Returns
    -------
    reached
        The same for the same town, picture and question.

    Raises
    ------
    InputError
        If a site joins no street, or a limit is negative.
    """
    progress(_STEP, 0, _N_STEPS)
    whole = Evacuation.of(town, picture, unknown_streets=asked.unknown_streets, terrain=terrain)
    evacuation = by_means(whole, asked.means)
    service = _serve(evacuation, asked)
    progress(_STEP, 1, _N_STEPS)
    measured = Measured(
        service=service,
        on_known=_serve(_on_known(whole, picture, asked), asked),
        if_open=_serve(_if_open(whole, picture, asked), asked),
    )
    progress(_STEP, 2, _N_STEPS)
    at = landing_of(evacuation, asked.sites)
    drawing = draw(evacuation, spots_of(asked.sites), service.limits_s, direction=asked.direction)
    progress(_STEP, 3, _N_STEPS)
    pieces = pieces_of(town.streets, drawing, service.limits_s)
    is_unknown = _is_unknown(whole, asked.means)
    people = picture.people.people
    answer = Reached(
        id=fingerprint(town, picture, asked),
        asked=asked,
        service=service,
        drawing=drawing,
        pieces=pieces,
        bands=bands(
            measured,
            drawing,
            pieces,
            structures=town.structures,
            people=people,
            is_unknown=is_unknown,
        ),
        site_bands=site_bands(service, drawing, people=people),
        is_unknown=is_unknown,
        unattached=evacuation.unattached,
        shut_sites=_shut_sites(evacuation, at, service),
    )
    progress(_STEP, _N_STEPS, _N_STEPS)
    return answer


def _serve(evacuation: Evacuation, asked: Asked) -> Service:
    """Measure the question on one town."""
    return serve(evacuation, asked.sites, limits_s=asked.limits_s, direction=asked.direction)


def _on_known(whole: Evacuation, picture: Picture, asked: Asked) -> Evacuation:
    """Close what nobody has reported on."""
    known = Evacuation.of(
        whole.town,
        picture,
        unknown_streets=UnknownStreets.CLOSED,
        landing=whole.any_day,
        terrain=whole.footing,
    )
    return by_means(known, asked.means)


def _if_open(whole: Evacuation, picture: Picture, asked: Asked) -> Evacuation:
    """Open every street, as if nothing were broken or dangerous."""
    streets = picture.streets
    is_open = np.full_like(streets.state_vehicle, StreetState.OPEN)
    healed = replace(
        picture,
        hazards=(),
        streets=replace(
            streets,
            state_stretcher=is_open,
            state_vehicle=is_open,
            delay_s=np.zeros_like(streets.delay_s),
            rubble_share=np.zeros_like(streets.rubble_share),
        ),
    )
    before = Evacuation.of(
        whole.town,
        healed,
        unknown_streets=UnknownStreets.PASSABLE,
        landing=whole.any_day,
        terrain=whole.footing,
    )
    return by_means(before, asked.means)


def _is_unknown(whole: Evacuation, means: Means) -> NDArray[np.bool_]:
    """Tell which streets have no valid report for any of the means."""
    on_foot, by_vehicle = whole.layers.foot_use.is_unknown, whole.layers.vehicle_use.is_unknown
    if means is Means.STRETCHER:
        return on_foot
    return by_vehicle if means is Means.VEHICLE else on_foot | by_vehicle


def _shut_sites(evacuation: Evacuation, at: Landing, service: Service) -> tuple[int, ...]:
    """Tell from which sites no open street leads anywhere."""
    open_way = np.append((evacuation.layers.edge_ticks < FAR).any(axis=0), False)
    is_shut = ~open_way[at.edge].any(axis=1)
    leads_on = ((service.ticks > 0) & (service.ticks < FAR)).any(axis=1)
    return tuple(int(site) for site in np.flatnonzero(is_shut & ~leads_on))
