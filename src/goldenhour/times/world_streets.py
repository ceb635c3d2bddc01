# SPDX-License-Identifier: Apache-2.0
"""
What streets take in a world, without asking again what is the same in all of them.

The same numbers as ``evacuation.street_seconds`` gives of ``picture.worlds.in_world``, in a tenth
of the time: what class, surface, signs and sure dangers say is worked out once.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.picture import fronts
from goldenhour.picture.belief import HazardArea, Picture
from goldenhour.picture.worlds import World
from goldenhour.times import evacuation, modes
from goldenhour.times.evacuation import ClosedBy
from goldenhour.times.modes import VehicleClass
from goldenhour.town.town import Streets, Town

_IN_EVERY_WORLD = (
    ClosedBy.NOT_FOR_MODE,
    ClosedBy.REPORTED,
    ClosedBy.HAZARD,
    ClosedBy.NO_ACCESS,
)

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class StreetTimes(NamedTuple):
    """Seconds of all streets on foot, by vehicle along and against; ``inf`` where closed."""

    foot_s: Floats
    along_s: Floats
    against_s: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldStreets:
    """
    What is the same in all worlds of a picture.

    Parameters
    ----------
    foot_s
        Seconds on foot where no rubble lies, ``inf`` where closed in every world. Shape
        ``(n_edges,)``.
    drive_s
        Seconds by vehicle without rubble and delay, ``inf`` where closed in every world. Shape
        ``(n_edges,)``.
    foot_factor
        Times the seconds on foot where rubble lies.
    drive_factor
        Times the seconds by vehicle where rubble lies and somebody saw the street open.
    rubble_closes
        True where rubble closes a street to vehicles, as nobody saw it open. Shape ``(n_edges,)``.
    oneway
        As in ``Streets``. Shape ``(n_edges,)``.
    near
        The streets that each hazard area closes if it is there. Shape ``(n_hazards,)`` of arrays.
    hazards
        The areas as reported.
    within_advance
        Those streets, and the ones that an area whose edge comes nearer may close. Shape
        ``(n_hazards,)`` of arrays.
    line
        Course of each street. Shape ``(n_edges,)``, object.
    """

    foot_s: Floats
    drive_s: Floats
    foot_factor: float
    drive_factor: float
    rubble_closes: Booleans
    oneway: NDArray[np.int8]
    near: tuple[NDArray[np.int64], ...]
    hazards: tuple[HazardArea, ...]
    within_advance: tuple[NDArray[np.int64], ...]
    line: NDArray[np.object_]

    @classmethod
    def of(cls, town: Town, picture: Picture, *, vehicle: VehicleClass) -> "WorldStreets":
        """
        Work out what is the same in all worlds.

        Parameters
        ----------
        town
            The town.
        picture
            What worlds are drawn from.
        vehicle
            Which vehicles there are.

        Returns
        -------
        streets
            To be asked for each world.
        """
        foot_s, _ = _clear(town, picture, Mode.STRETCHER, vehicle)
        drive_s, drive = _clear(town, picture, Mode.VEHICLE, vehicle)
        return cls(
            foot_s=foot_s,
            drive_s=drive_s,
            foot_factor=modes.rubble_factor(Mode.STRETCHER, vehicle),
            drive_factor=modes.rubble_factor(Mode.VEHICLE, vehicle),
            rubble_closes=drive.is_unknown,
            oneway=town.streets.oneway,
            near=_near(town.streets, picture.hazards),
            hazards=picture.hazards,
            within_advance=_near(town.streets, tuple(map(_farthest, picture.hazards))),
            line=town.streets.line,
        )

    def seconds(self, world: World) -> StreetTimes:
        """
        Weigh all streets for one world.

        Parameters
        ----------
        world
            One world of the picture.

        Returns
        -------
        times
            For ``Layers.with_seconds``.
        """
        danger = np.zeros(len(self.foot_s), dtype=np.bool_)
        for number in np.flatnonzero(world.danger):
            danger[self._closed_by(int(number), float(world.advance_m[number]))] = True
        shut = world.closed_on_foot | danger
        foot_s = np.where(shut, np.inf, self.foot_s) * _slowed(self.foot_factor, world.rubble)
        shut = world.closed_to_vehicles | danger | (world.rubble & self.rubble_closes)
        drive_s = np.where(shut, np.inf, self.drive_s) * _slowed(self.drive_factor, world.rubble)
        drive_s += world.delay_s.astype(np.float64)
        return StreetTimes(
            foot_s=foot_s,
            along_s=np.where(self.oneway >= 0, drive_s, np.inf),
            against_s=np.where(self.oneway <= 0, drive_s, np.inf),
        )

    def _closed_by(self, number: int, advance_m: float) -> NDArray[np.int64]:
        """List the streets that one area closes when its edge has come so far."""
        if advance_m <= 0:
            return self.near[number]
        edges = self.within_advance[number]
        shape = fronts.grown(self.hazards[number], advance_m).shape
        shapely.prepare(shape)
        return edges[shapely.intersects(shape, self.line[edges])]


def _farthest(area: HazardArea) -> HazardArea:
    """Let an area come as far as it may in any world."""
    return fronts.grown(area, float(fronts.advance_laws([area])[0, 2]))


def _clear(
    town: Town, picture: Picture, mode: Mode, vehicle: VehicleClass
) -> tuple[Floats, evacuation.StreetUse]:
    """Give the seconds of all streets that are open in some world."""
    use = evacuation.street_use(
        town, picture, mode=mode, unknown_streets=UnknownStreets.PASSABLE, vehicle=vehicle
    )
    seconds = modes.clear_seconds(town.streets, mode=mode, vehicle=vehicle)
    return np.where(np.isin(use.closed_by, _IN_EVERY_WORLD), np.inf, seconds), use


def _near(streets: Streets, hazards: tuple[HazardArea, ...]) -> tuple[NDArray[np.int64], ...]:
    """List the streets that each hazard area of a closing kind touches."""
    kinds = facts.fact("times.closing_hazards").value
    near = [np.zeros(0, dtype=np.int64)] * len(hazards)
    which = [i for i, area in enumerate(hazards) if area.hazard in kinds]
    if which:
        areas = [hazards[i].shape for i in which]
        area, edge = shapely.STRtree(streets.line).query(areas, predicate="intersects")
        for place, i in enumerate(which):
            near[i] = edge[area == place]
    return tuple(near)


def _slowed(factor: float, rubble: Booleans) -> Floats:
    """Say how many times as long rubble makes a street."""
    return 1 + (factor - 1) * rubble.astype(np.float64)
