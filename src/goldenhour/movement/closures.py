# SPDX-License-Identifier: Apache-2.0
"""Why there is no way: what closes the one that would be fastest."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import NoRouteError
from goldenhour.base.grades import Mode
from goldenhour.movement.legs import street_name
from goldenhour.times import modes
from goldenhour.times.evacuation import ClosedBy, StreetUse
from goldenhour.times.graph import Network
from goldenhour.times.path import fastest_path
from goldenhour.town.town import Town

_N_NAMED = 5
_WORDS = {
    ClosedBy.NOT_FOR_MODE: "not for this mode",
    ClosedBy.REPORTED: "reported closed",
    ClosedBy.HAZARD: "in a hazard area",
    ClosedBy.NO_ACCESS: "forbidden by a sign on the map",
    ClosedBy.RUBBLE: "under rubble",
    ClosedBy.UNKNOWN: "no report, counted as closed",
}


def why_no_way(
    network: Network,
    town: Town,
    use: StreetUse,
    *,
    ends: tuple[int, int],
    names: tuple[str, str],
) -> NoRouteError:
    """
    Find what stands between two junctions.

    Parameters
    ----------
    network
        The network with today's closures.
    town
        The town.
    use
        Why each closed street is closed.
    ends
        Nodes of start and end.
    names
        What the planner called them.

    Returns
    -------
    error
        Names the closed streets on the way that would be fastest if all were open.
    """
    clear_s = _clear_seconds(town, use)
    clear = network.reweight(np.arange(len(clear_s)), clear_s)
    path = fastest_path(clear, *ends)
    closed = [int(edge) for edge in path.edges if not use.is_open[edge]]
    if not closed:
        return NoRouteError(
            f"No street on file leads from {names[0]} to {names[1]}, closures apart.",
            where=f"{names[0]} to {names[1]}",
            do="Check the two places; the map may lack a street, or forbid a direction.",
        )
    streets = dict.fromkeys(
        f"{street_name(town, edge)} ({closed_because(use, edge)})" for edge in closed
    )
    named = "; ".join(list(streets)[:_N_NAMED])
    more = f"; and {len(streets) - _N_NAMED} more" if len(streets) > _N_NAMED else ""
    return NoRouteError(
        f"No open way joins {names[0]} and {names[1]}. Closed between them: {named}{more}.",
        where=f"{names[0]} to {names[1]}",
        do="Go on foot, choose another end, or have one of these looked at.",
    )


def closed_because(use: StreetUse, edge: int) -> str:
    """
    Name why a street is closed.

    Parameters
    ----------
    use
        Why each closed street is closed.
    edge
        The street.

    Returns
    -------
    words
        Such as ``"reported closed"``.
    """
    return _WORDS[ClosedBy(int(use.closed_by[edge]))]


def _clear_seconds(town: Town, use: StreetUse) -> NDArray[np.float64]:
    """Measure all streets as if nothing were closed; vehicles still keep to one-way streets."""
    seconds = modes.clear_seconds(town.streets, mode=use.mode, vehicle=use.vehicle)
    if use.mode is not Mode.VEHICLE:
        return np.concatenate([seconds, seconds])
    along = np.where(town.streets.oneway >= 0, seconds, np.inf)
    against = np.where(town.streets.oneway <= 0, seconds, np.inf)
    return np.concatenate([along, against])
