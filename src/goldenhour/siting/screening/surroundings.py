# SPDX-License-Identifier: Apache-2.0
"""What stands where: outlines, the streets beside them, and what the map calls them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from goldenhour.base.grades import Mode, StreetState
from goldenhour.picture.belief import Picture
from goldenhour.times import modes
from goldenhour.town.town import Objects, Town

Flags = NDArray[np.bool_]
NO_STREET = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """
    The nearest of some streets to each structure.

    Parameters
    ----------
    street
        Street row, ``NO_STREET`` beyond the distance asked about. Shape ``(n_structures,)``, int64.
    away_m
        Distance in metres, ``inf`` where there is none. Shape ``(n_structures,)``.
    """

    street: NDArray[np.int64]
    away_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    A town's structures, ready to be asked what is near them.

    Parameters
    ----------
    town
        The town.
    body
        Outlines, or points where only these are known. Shape ``(n_structures,)``, objects.
    tree
        The bodies in a tree.
    use
        Lower-case uses. Shape ``(n_structures,)``, objects.
    named
        Words of the names, by row of each structure that has a name.
    """

    town: Town
    body: Objects
    tree: shapely.STRtree
    use: Objects
    named: dict[int, frozenset[str]]

    @classmethod
    def of(cls, town: Town) -> "Surroundings":
        """
        Make a town ready.

        Parameters
        ----------
        town
            The town.

        Returns
        -------
        surroundings
            To be asked often.
        """
        body = bodies(town)
        return cls(
            town=town,
            body=body,
            tree=shapely.STRtree(body),
            use=_lower(town.structures.use),
            named=_named(town),
        )

    def near(self, shapes: Objects, distance_m: float) -> Flags:
        """
        Find structures that lie near any of some shapes.

        Parameters
        ----------
        shapes
            shapely shapes in the town's metric system. Shape ``(n_shapes,)``.
        distance_m
            How near in metres; 0 means touching.

        Returns
        -------
        near
            Shape ``(n_structures,)``, bool.
        """
        near = np.zeros(len(self.body), dtype=np.bool_)
        if len(shapes) and len(self.body):
            if distance_m > 0:
                pairs = self.tree.query(shapes, predicate="dwithin", distance=distance_m)
            else:
                pairs = self.tree.query(shapes, predicate="intersects")
            near[pairs[1]] = True
        return near

    def used_as(self, words: Iterable[str]) -> Flags:
        """
        Find structures whose use is one of some words.

        Parameters
        ----------
        words
            Lower-case uses.

        Returns
        -------
        found
            Shape ``(n_structures,)``, bool.
        """
        found: Flags = pd.Series(self.use, dtype=object).isin(list(words)).to_numpy(copy=True)
        return found

    def named_as(self, words: Iterable[str]) -> Flags:
        """
        Find structures whose name, in either script, holds one of some words.

        Parameters
        ----------
        words
            Lower-case words.

        Returns
        -------
        found
            Shape ``(n_structures,)``, bool.
        """
        wanted = frozenset(words)
        rows = [row for row, name in self.named.items() if not wanted.isdisjoint(name)]
        found = np.zeros(len(self.body), dtype=np.bool_)
        found[rows] = True
        return found

    def beside(self, streets: Flags, distance_m: float, *, among: Beside | None = None) -> Beside:
        """
        Find the nearest of some streets to each structure.

        Parameters
        ----------
        streets
            Which streets count. Shape ``(n_edges,)``, bool.
        distance_m
            How near it must be, in metres.
        among
            The nearest of a set of streets that holds these, within the same distance in metres;
            spares most of the work.

        Returns
        -------
        beside
            Of two as near the one with the lower row.
        """
        n, rows = len(self.body), np.flatnonzero(streets)
        street, away_m = np.full(n, NO_STREET, dtype=np.int64), np.full(n, np.inf)
        asked = np.arange(n)
        if among is not None:
            has = among.street != NO_STREET
            known = has & streets[np.where(has, among.street, 0)] if len(streets) else has
            street[known], away_m[known] = among.street[known], among.away_m[known]
            asked = np.flatnonzero(has & ~known)
        if len(rows) and len(asked):
            tree = shapely.STRtree(self.town.streets.line[rows])
            pairs, apart_m = tree.query_nearest(
                self.body[asked], max_distance=distance_m, return_distance=True
            )
            order = np.lexsort((pairs[1], pairs[0]))[::-1]  # the lowest row is written last
            street[asked[pairs[0][order]]] = rows[pairs[1][order]]
            away_m[asked[pairs[0][order]]] = apart_m[order]
        return Beside(street=street, away_m=away_m)


def drivable(town: Town) -> Flags:
    """
    Tell which streets vehicles may use at all.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    drivable
        Shape ``(n_edges,)``, bool.
    """
    return modes.is_allowed(town.streets, mode=Mode.VEHICLE)


def not_closed(picture: Picture) -> Flags:
    """
    Tell which streets nobody reported closed to vehicles.

    Parameters
    ----------
    picture
        What is believed.

    Returns
    -------
    not_closed
        Shape ``(n_edges,)``, bool.
    """
    open_or_unknown: Flags = picture.streets.state_vehicle != StreetState.CLOSED
    return open_or_unknown


def bodies(town: Town) -> Objects:
    """
    Give every structure a shape.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    body
        Outlines, or points where only these are known. Shape ``(n_structures,)``, objects.
    """
    points = np.asarray(
        shapely.points(town.structures.x_m, town.structures.y_m), dtype=np.object_
    ).reshape(-1)
    bare = shapely.is_missing(town.structures.outline)
    return np.where(bare, points, town.structures.outline)


def _lower(words: Objects) -> Objects:
    """Write words in small letters, each distinct one once."""
    number, distinct = pd.factorize(words)
    small = np.array([str(word).lower() for word in distinct], dtype=np.object_)
    return small[number] if len(small) else words


def _named(town: Town) -> dict[int, frozenset[str]]:
    """Split names into words."""
    names, names_ar = town.structures.name, town.structures.name_ar
    rows = np.flatnonzero((names != "") | (names_ar != ""))
    return {int(row): frozenset(f"{names[row]} {names_ar[row]}".lower().split()) for row in rows}
