# SPDX-License-Identifier: Apache-2.0
"""From town and picture to a network: what each street takes a mode, or why it is closed."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base import facts
from goldenhour.base.grades import Mode, StreetState, UnknownStreets
from goldenhour.picture.belief import HazardArea, Picture
from goldenhour.reports.said import HazardStatus
from goldenhour.times import modes
from goldenhour.times.graph import Network, from_arcs
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.modes import VehicleClass
from goldenhour.times.ticks import to_ticks
from goldenhour.times.turns import junctions
from goldenhour.town.rules import Access
from goldenhour.town.town import Streets, Town

_DANGEROUS = (HazardStatus.SUSPECTED, HazardStatus.CONFIRMED)


class ClosedBy(IntEnum):
    """Why a street is closed for a mode; of several reasons the first in this order is kept."""

    OPEN = 0
    NOT_FOR_MODE = 1
    REPORTED = 2
    HAZARD = 3
    NO_ACCESS = 4
    RUBBLE = 5
    UNKNOWN = 6

    @property
    def code(self) -> str:
        """Code of the sentence that says it, such as ``"times.not-for-mode"``."""
        return f"times.{self.name.lower().replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetUse:
    """
    How a mode may use every street, and what nobody knows about it.

    Parameters
    ----------
    mode
        Whom it is about.
    vehicle
        Which vehicle, if by vehicle.
    unknown_streets
        What was assumed of streets without a report.
    closed_by
        ``ClosedBy`` numbers. Shape ``(n_edges,)``, int8.
    is_unknown
        True where nobody has reported a state that still holds. Shape ``(n_edges,)``, bool.
    is_rubble_unknown
        True where no damage evidence lies near; counted as free of rubble, and counted here.
        Shape ``(n_edges,)``, bool.
    is_class_unknown
        True where the street's class is not known; counted as slowest. Shape ``(n_edges,)``, bool.
    is_surface_unknown
        True where the map does not name the surface; counted as good. Shape ``(n_edges,)``, bool.
    is_private
        True where the map lets pass only those who are let in; counted as open. Shape
        ``(n_edges,)``, bool.
    rubble_share
        How likely rubble blocks the street to vehicles, 0 where unknown. Shape ``(n_edges,)``,
        float64.
    length_m
        Lengths in metres. Shape ``(n_edges,)``.
    """

    mode: Mode
    vehicle: VehicleClass
    unknown_streets: UnknownStreets
    closed_by: NDArray[np.int8]
    is_unknown: NDArray[np.bool_]
    is_rubble_unknown: NDArray[np.bool_]
    is_class_unknown: NDArray[np.bool_]
    is_surface_unknown: NDArray[np.bool_]
    is_private: NDArray[np.bool_]
    rubble_share: NDArray[np.float64]
    length_m: NDArray[np.float64]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """True where the mode may pass. Shape ``(n_edges,)``."""
        is_open: NDArray[np.bool_] = self.closed_by == ClosedBy.OPEN
        return is_open

    def n_closed_by(self, reason: ClosedBy) -> int:
        """
        Count the streets that one reason closes.

        Parameters
        ----------
        reason
            The reason.

        Returns
        -------
        n
            Number of streets.
        """
        return int(np.count_nonzero(self.closed_by == reason))

    def km_closed_by(self, reason: ClosedBy) -> float:
        """
        Add up the streets that one reason closes.

        Parameters
        ----------
        reason
            The reason.

        Returns
        -------
        km
            Kilometres.
        """
        return self._km(self.closed_by == reason)

    @property
    def km_unknown(self) -> float:
        """Kilometres of street, fit for the mode, without a report that still holds."""
        return self._km(self.is_unknown & (self.closed_by != ClosedBy.NOT_FOR_MODE))

    @property
    def km_private(self) -> float:
        """Kilometres of street counted as open on which one has to be let in."""
        return self._km(self.is_private & self.is_open)

    @property
    def km_surface_unknown(self) -> float:
        """Kilometres of street counted as open of which the map does not name the surface."""
        return self._km(self.is_surface_unknown & self.is_open)

    @property
    def km_rubble(self) -> float:
        """Kilometres of street still counted as open that rubble blocks, weighed by its chance."""
        return float((self.length_m * self.rubble_share)[self.is_open].sum() / 1000)

    def _km(self, which: NDArray[np.bool_]) -> float:
        return float(self.length_m[which].sum() / 1000)


def build(
    town: Town,
    picture: Picture,
    *,
    mode: Mode,
    unknown_streets: UnknownStreets,
    vehicle: VehicleClass = VehicleClass.AMBULANCE,
) -> tuple[Network, StreetUse]:
    """
    Weigh every street for one mode, as the picture has it.

    Arc ``e`` of the network runs along edge ``e``, arc ``n_edges + e`` against it; arcs after these
    join the parts of junctions where not every turn is allowed (see ``times.turns``), so a vehicle
    arrives at ``network.head`` of an arc, which need not be the street's own node. Stretchers go
    against one-way traffic and turn as they like.

    A hazard area closes every street it touches, on a bridge and below it. A report closes the
    street it is about, not the one above or below.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets and hazards.
    mode
        Stretcher or vehicle.
    unknown_streets
        Whether streets without a report count as passable or as closed.
    vehicle
        Which vehicle, if by vehicle.

    Returns
    -------
    network, use
        Seconds on every street, and why the closed ones are closed.
    """
    streets = town.streets
    use = street_use(town, picture, mode=mode, unknown_streets=unknown_streets, vehicle=vehicle)
    ticks = to_ticks(np.concatenate(street_seconds(town, picture, use)), where="streets")
    edge = np.arange(streets.n_edges, dtype=np.int32)
    tail = np.concatenate([streets.tail, streets.head])
    head = np.concatenate([streets.head, streets.tail])
    edges, x, y = np.concatenate([edge, edge]), streets.node_x_m, streets.node_y_m
    if mode is Mode.VEHICLE and town.turns.n + town.gates.n:
        parts = junctions(town, vehicle)
        tail = np.concatenate([parts.start, parts.link_tail])
        head = np.concatenate([parts.end, parts.link_head])
        ticks = np.concatenate([ticks, np.where(parts.link_open, 0, FAR)], dtype=np.int32)
        edges = np.concatenate([edges, np.full(len(parts.link_tail), -1, dtype=np.int32)])
        x, y = np.append(x, x[parts.stands_on]), np.append(y, y[parts.stands_on])
    network = from_arcs(
        tail=tail,
        head=head,
        ticks=ticks,
        x=x,
        y=y,
        edge=edges,
        along=np.arange(len(tail)) < streets.n_edges,
        town=town,
    )
    return network, use


def street_seconds(
    town: Town, picture: Picture, use: StreetUse
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Weigh every street in both directions.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets.
    use
        Which streets are closed to whom.

    Returns
    -------
    along_s, against_s
        Seconds from tail to head and from head to tail, ``inf`` where closed. Shape
        ``(n_edges,)`` each.
    """
    streets = town.streets
    clear_s = modes.clear_seconds(streets, mode=use.mode, vehicle=use.vehicle)
    along_s = np.where(use.is_open, clear_s, np.inf)
    along_s *= 1 + (modes.rubble_factor(use.mode, use.vehicle) - 1) * use.rubble_share
    if use.mode is not Mode.VEHICLE:
        return along_s, along_s
    along_s += picture.streets.delay_s.astype(np.float64)
    against_s = np.where(streets.oneway <= 0, along_s, np.inf)
    return np.where(streets.oneway >= 0, along_s, np.inf), against_s


def street_use(
    town: Town,
    picture: Picture,
    *,
    mode: Mode,
    unknown_streets: UnknownStreets,
    vehicle: VehicleClass = VehicleClass.AMBULANCE,
) -> StreetUse:
    """
    Decide for every street whether a mode may pass, and if not, why.

    Somebody who saw a street open outranks both rubble guessed from above and the signs on the map;
    nobody makes a footway drivable.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets and hazards.
    mode
        Stretcher or vehicle.
    unknown_streets
        Whether streets without a report count as passable or as closed.
    vehicle
        Which vehicle, if by vehicle.

    Returns
    -------
    use
        Reasons and what is not known.
    """
    streets, belief = town.streets, picture.streets
    state = belief.state_vehicle if mode is Mode.VEHICLE else belief.state_stretcher
    rubble_share = np.clip(np.nan_to_num(belief.rubble_share.astype(np.float64)), 0, 1)
    is_unknown = state == StreetState.UNKNOWN
    access = modes.access_of(streets.access, mode=mode, vehicle=vehicle)
    closed_by = np.full(streets.n_edges, ClosedBy.OPEN, dtype=np.int8)
    if unknown_streets is UnknownStreets.CLOSED:
        closed_by[is_unknown] = ClosedBy.UNKNOWN
    if mode is Mode.VEHICLE:
        likely = rubble_share >= modes.rubble_blocks_share(vehicle)
        closed_by[likely & is_unknown] = ClosedBy.RUBBLE
    closed_by[(access == Access.NO) & is_unknown] = ClosedBy.NO_ACCESS
    closed_by[_endangered(streets, picture.hazards)] = ClosedBy.HAZARD
    closed_by[state == StreetState.CLOSED] = ClosedBy.REPORTED
    closed_by[~modes.is_allowed(streets, mode=mode, vehicle=vehicle)] = ClosedBy.NOT_FOR_MODE
    return StreetUse(
        mode=mode,
        vehicle=vehicle,
        unknown_streets=unknown_streets,
        closed_by=closed_by,
        is_unknown=is_unknown,
        is_rubble_unknown=np.isnan(belief.rubble_share),
        is_class_unknown=modes.is_class_unknown(streets),
        is_surface_unknown=np.asarray(streets.surface == "", dtype=np.bool_),
        is_private=access == Access.PRIVATE,
        rubble_share=rubble_share,
        length_m=streets.length_m,
    )


def closing_areas(hazards: tuple[HazardArea, ...]) -> list[BaseGeometry]:
    """
    List the areas that nobody may pass.

    Parameters
    ----------
    hazards
        All that are believed.

    Returns
    -------
    areas
        Those dangerous enough to close streets, in the town's metric system.
    """
    threshold = facts.fact("times.closing_hazards").value
    return [
        area.shape
        for area in hazards
        if area.status in _DANGEROUS and area.level > threshold.get(area.hazard, np.inf)
    ]


def _endangered(streets: Streets, hazards: tuple[HazardArea, ...]) -> NDArray[np.bool_]:
    """Tell which streets touch an area that closes them, whatever level they are on."""
    areas = closing_areas(hazards)
    touched = np.zeros(streets.n_edges, dtype=np.bool_)
    if areas:
        touched[shapely.STRtree(streets.line).query(areas, predicate="intersects")[1]] = True
    return touched
