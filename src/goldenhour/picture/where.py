# SPDX-License-Identifier: Apache-2.0
"""Where a report is about: its own shape, else the structure, street or place that it names."""

from functools import cached_property

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from goldenhour.picture.known import Known
from goldenhour.picture.names import PlaceNames
from goldenhour.town.town import Town


class Whereabouts:
    """
    Finds the shape that a report is about. Its indexes are built when they are first needed.

    Parameters
    ----------
    town
        The town.
    known
        What is known.
    """

    def __init__(self, town: Town, known: Known) -> None:
        self._town = town
        self._known = known

    @cached_property
    def names(self) -> PlaceNames:
        """The town's places by name."""
        return PlaceNames(self._town.places)

    @cached_property
    def _structures(self) -> dict[str, int]:
        """Structure number by id."""
        return {key: i for i, key in enumerate(self._town.structures.id.tolist())}

    @cached_property
    def _streets(self) -> dict[str, int]:
        """Edge number by id."""
        return {key: i for i, key in enumerate(self._town.streets.id.tolist())}

    def shape(self, row: int) -> BaseGeometry | None:
        """
        Find the shape of one report.

        Parameters
        ----------
        row
            Its position among what is known.

        Returns
        -------
        shape
            In the town's metric system; None if nobody can tell.
        """
        own: BaseGeometry | None = self._known.shape[row]
        if own is not None:
            return own
        about = self._known.reports[row].about
        if not about:
            return None
        listed = self._town.structures
        if (i := self._structures.get(about)) is not None:
            return listed.outline[i] or Point(listed.x_m[i], listed.y_m[i])
        if (i := self._streets.get(about)) is not None:
            line: BaseGeometry = self._town.streets.line[i]
            return line
        return self.place(self.names.find(about))

    def place(self, number: int) -> BaseGeometry | None:
        """
        Give the shape of a place.

        Parameters
        ----------
        number
            Number of a place; negative for none.

        Returns
        -------
        shape
            In the town's metric system; None for no place.
        """
        return self._town.places.shape[number] if number >= 0 else None
