# SPDX-License-Identifier: Apache-2.0
"""From town and picture to a network: what each street takes a mode, or why it is closed."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode, StreetState, UnknownStreets
from goldenhour.picture.belief import HazardArea, Picture
from goldenhour.reports.said import HazardStatus
from goldenhour.times import modes
from goldenhour.times.graph import Network, from_arcs
from goldenhour.times.ticks import to_ticks
from goldenhour.town.town import Streets, Town

_DANGEROUS = (HazardStatus.SUSPECTED, HazardStatus.CONFIRMED)


class ClosedBy(IntEnum):
    """Why a street is closed for a mode; of several reasons the first in this order is kept."""

    OPEN = 0
    NOT_FOR_MODE = 1
    REPORTED = 2
    HAZARD = 3
    RUBBLE = 4
    UNKNOWN = 5

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
    rubble_share
        How likely rubble blocks the street to vehicles, 0 where unknown. Shape ``(n_edges,)``,
        float64.
    length_m
        Lengths in metres. Shape ``(n_edges,)``.
    """

    mode: Mode
    unknown_streets: UnknownStreets
    closed_by: NDArray[np.int8]
    is_unknown: NDArray[np.bool_]
    is_rubble_unknown: NDArray[np.bool_]
    is_class_unknown: NDArray[np.bool_]
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
    def km_rubble(self) -> float:
        """Kilometres of street still counted as open that rubble blocks, weighed by its chance."""
        return float((self.length_m * self.rubble_share)[self.is_open].sum() / 1000)

    def _km(self, which: NDArray[np.bool_]) -> float:
        return float(self.length_m[which].sum() / 1000)


def build(
    town: Town, picture: Picture, *, mode: Mode, unknown_streets: UnknownStreets
) -> tuple[Network, StreetUse]:
    """
    Weigh every street for one mode, as the picture has it.

    Arc ``e`` of the network runs along edge ``e``, arc ``n_edges + e`` against it. Stretchers go
    against one-way traffic, vehicles do not. A street is closed by its own state or by a hazard
    area that touches it, a bridge above it is not.

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

    Returns
    -------
    network, use
        Seconds on every street, and why the closed ones are closed.
    """
    streets = town.streets
    use = street_use(town, picture, mode=mode, unknown_streets=unknown_streets)
    along_s = np.where(use.is_open, modes.clear_seconds(streets, mode=mode), np.inf)
    along_s *= _rubble_factor(use)
    against_s = along_s.copy()
    if mode is Mode.VEHICLE:
        delay_s = picture.streets.delay_s.astype(np.float64)
        along_s = np.where(streets.oneway >= 0, along_s + delay_s, np.inf)
        against_s = np.where(streets.oneway <= 0, against_s + delay_s, np.inf)
    edge = np.arange(streets.n_edges, dtype=np.int32)
    network = from_arcs(
        tail=np.concatenate([streets.tail, streets.head]),
        head=np.concatenate([streets.head, streets.tail]),
        ticks=to_ticks(np.concatenate([along_s, against_s]), where="streets"),
        x=streets.node_x_m,
        y=streets.node_y_m,
        edge=np.concatenate([edge, edge]),
        along=np.arange(2 * streets.n_edges) < streets.n_edges,
        town=town,
    )
    return network, use


def street_use(
    town: Town, picture: Picture, *, mode: Mode, unknown_streets: UnknownStreets
) -> StreetUse:
    """
    Decide for every street whether a mode may pass, and if not, why.

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

    Returns
    -------
    use
        Reasons and what is not known.
    """
    streets, belief = town.streets, picture.streets
    state = belief.state_vehicle if mode is Mode.VEHICLE else belief.state_stretcher
    rubble_share = np.clip(np.nan_to_num(belief.rubble_share.astype(np.float64)), 0, 1)
    is_unknown = state == StreetState.UNKNOWN
    closed_by = np.full(streets.n_edges, ClosedBy.OPEN, dtype=np.int8)
    if unknown_streets is UnknownStreets.CLOSED:
        closed_by[is_unknown] = ClosedBy.UNKNOWN
    if mode is Mode.VEHICLE:  # somebody who saw the street outranks rubble guessed from above
        likely = rubble_share >= facts.number("times.rubble_blocks_vehicle_share")
        closed_by[likely & is_unknown] = ClosedBy.RUBBLE
    closed_by[_endangered(streets, picture.hazards)] = ClosedBy.HAZARD
    closed_by[state == StreetState.CLOSED] = ClosedBy.REPORTED
    closed_by[~modes.is_allowed(streets, mode=mode)] = ClosedBy.NOT_FOR_MODE
    return StreetUse(
        mode=mode,
        unknown_streets=unknown_streets,
        closed_by=closed_by,
        is_unknown=is_unknown,
        is_rubble_unknown=np.isnan(belief.rubble_share),
        is_class_unknown=modes.is_class_unknown(streets),
        rubble_share=rubble_share,
        length_m=streets.length_m,
    )


def _endangered(streets: Streets, hazards: tuple[HazardArea, ...]) -> NDArray[np.bool_]:
    """Tell which streets touch an area that closes them."""
    threshold = facts.fact("times.closing_hazards").value
    areas = [
        area.shape
        for area in hazards
        if area.status in _DANGEROUS and area.level > threshold.get(area.hazard, np.inf)
    ]
    touched = np.zeros(streets.n_edges, dtype=np.bool_)
    if areas:
        touched[shapely.STRtree(streets.line).query(areas, predicate="intersects")[1]] = True
    return touched


def _rubble_factor(use: StreetUse) -> NDArray[np.float64]:
    """Slow a mode down by the chance of rubble."""
    name = "rubble_vehicle_factor" if use.mode is Mode.VEHICLE else "rubble_stretcher_factor"
    factor: NDArray[np.float64] = 1 + (facts.number(f"times.{name}") - 1) * use.rubble_share
    return factor
