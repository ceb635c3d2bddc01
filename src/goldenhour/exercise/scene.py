# SPDX-License-Identifier: Apache-2.0
"""The whole hidden scene from which reports are drawn, and how a report of it is worded."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import Reliability
from goldenhour.base.messages import say
from goldenhour.exercise.city import City
from goldenhour.exercise.damage import TrueDamage
from goldenhour.exercise.dangers import Danger
from goldenhour.exercise.fitness import TrueFitness
from goldenhour.exercise.moving import in_degrees
from goldenhour.exercise.passable import TrueStreets
from goldenhour.exercise.pinned import Plan
from goldenhour.exercise.town_layers import street_ids, structure_ids
from goldenhour.reports.report import Source
from goldenhour.town.town import Objects

AS_OF = datetime(2017, 11, 10, 6, tzinfo=UTC)
"""The morning to plan at: a week after the town fell, a day before Rummaneh did."""

FULL_TOWN = 20_000


@dataclass(frozen=True, kw_only=True)  # no slots: ids are made once
class Scene:
    """
    Everything that is really so.

    Parameters
    ----------
    city
        What stood.
    damage
        What was hit.
    dangers
        Pockets and explosive hazards.
    streets
        What can be passed.
    people
        Persons per building. Shape ``(n,)``.
    fitness
        What could hold care.
    """

    city: City
    damage: TrueDamage
    dangers: tuple[Danger, ...]
    streets: TrueStreets
    people: NDArray[np.float64]
    fitness: TrueFitness

    @cached_property
    def structure_id(self) -> Objects:
        """Ids of structures. Shape ``(n,)``."""
        return structure_ids(self.city)

    @cached_property
    def street_id(self) -> Objects:
        """Ids of streets. Shape ``(n_edges,)``."""
        return street_ids(self.city)

    @property
    def size(self) -> float:
        """How large the town is beside the full exercise, so that figures fit it."""
        return self.city.buildings.n / FULL_TOWN

    def how_many(self, full: int, *, least: int) -> int:
        """
        Scale a number of reports to the town.

        Parameters
        ----------
        full
            Number in the full exercise.
        least
            Number in the smallest town.

        Returns
        -------
        number
            At least ``least``.
        """
        return max(least, round(full * min(1.0, self.size)))


def source(name: str, reliability: Reliability, reference: str = "") -> Source:
    """
    Name a made-up source.

    Parameters
    ----------
    name
        Who speaks.
    reliability
        Admiralty letter.
    reference
        File or message.

    Returns
    -------
    source
        Marked as exercise, in its name too.
    """
    return Source(
        name=say("exercise.source", "en", name=name),
        reliability=reliability,
        reference=f"EXERCISE {reference}" if reference else "EXERCISE",
        exercise=True,
    )


def at(text: str) -> datetime:
    """
    Read a moment of the story.

    Parameters
    ----------
    text
        Such as ``"11-03 10:00"``: month, day and time of 2017, UTC.

    Returns
    -------
    moment
        Aware UTC.
    """
    return datetime.strptime(f"2017-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def between(start: datetime, end: datetime, n: int, rng: np.random.Generator) -> list[datetime]:
    """
    Draw moments, to the minute.

    Parameters
    ----------
    start
        Earliest, aware UTC.
    end
        Latest, aware UTC.
    n
        How many.
    rng
        Source of all chance.

    Returns
    -------
    moments
        In the order drawn.
    """
    minutes = rng.integers(0, max(1, int((end - start).total_seconds() // 60)), n)
    return [start + timedelta(minutes=int(minute)) for minute in minutes]


def place(xy_m: Plan) -> Point:
    """
    Make a report's point.

    Parameters
    ----------
    xy_m
        Plan metres. Shape ``(2,)``.

    Returns
    -------
    point
        EPSG:4326, to a tenth of a metre.
    """
    return Point(shapely.get_coordinates(in_degrees(Point(xy_m)))[0].round(6))


def area(shape: BaseGeometry) -> BaseGeometry:
    """
    Make a report's area.

    Parameters
    ----------
    shape
        Area, metric.

    Returns
    -------
    shape
        EPSG:4326.
    """
    return in_degrees(shape)
