# SPDX-License-Identifier: Apache-2.0
"""The town as typed arrays in its metric coordinate system. Immutable; knows nothing of damage."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from goldenhour.town.layers import LayerSource
from goldenhour.town.rules import Gates, Turns, Users

Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """
    Street segments between junctions. Edge ``e`` runs from node ``tail[e]`` to ``head[e]``.

    Parameters
    ----------
    id
        Stable text ids. Shape ``(n_edges,)``.
    tail
        Start nodes. Shape ``(n_edges,)``, int32.
    head
        End nodes. Shape ``(n_edges,)``, int32.
    length_m
        Geodesic lengths in metres. Shape ``(n_edges,)``, float64.
    highway
        OSM classes, ``""`` if unknown. Shape ``(n_edges,)``, objects.
    name
        Names, ``""`` if unknown. Shape ``(n_edges,)``, objects.
    name_ar
        Arabic names, ``""`` if unknown. Shape ``(n_edges,)``, objects.
    oneway
        1 along the edge only, -1 against it only, 0 both ways or not known. Shape ``(n_edges,)``,
        int8.
    bridge
        True on bridges. Shape ``(n_edges,)``, bool.
    maxspeed_kmh
        Posted speed in km/h, NaN if unknown. Shape ``(n_edges,)``, float32.
    line
        Shapes as shapely LineStrings in the town's metric system. Shape ``(n_edges,)``, objects.
    node_x_m
        Eastings of nodes in metres. Shape ``(n_nodes,)``.
    node_y_m
        Northings of nodes in metres. Shape ``(n_nodes,)``.
    component
        Connected piece of each node, 0 the largest. Shape ``(n_nodes,)``, int32.
    surface
        OSM surfaces, ``""`` if unknown. Shape ``(n_edges,)``, objects.
    level
        OSM layers: 0 on the ground, above it on bridges, below it in tunnels. Shape
        ``(n_edges,)``, int8.
    width_m
        Width in metres, NaN if unknown. Shape ``(n_edges,)``, float32.
    maxweight_t
        Heaviest vehicle allowed, in tonnes, NaN if unknown. Shape ``(n_edges,)``, float32.
    access
        Who may use them by the map.
    """

    id: Objects
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    highway: Objects
    name: Objects
    name_ar: Objects
    oneway: NDArray[np.int8]
    bridge: NDArray[np.bool_]
    maxspeed_kmh: NDArray[np.float32]
    line: Objects
    node_x_m: NDArray[np.float64]
    node_y_m: NDArray[np.float64]
    component: NDArray[np.int32]
    surface: Objects = field(default_factory=lambda: np.zeros(0, dtype=np.object_))
    level: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    width_m: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    maxweight_t: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    access: Users = field(default_factory=lambda: Users.unknown(0))

    def __post_init__(self) -> None:
        """Fill what nobody gave with what stands for unknown."""
        n = self.n_edges
        unknown = {
            "surface": np.full(n, "", dtype=np.object_),
            "level": np.zeros(n, dtype=np.int8),
            "width_m": np.full(n, np.nan, dtype=np.float32),
            "maxweight_t": np.full(n, np.nan, dtype=np.float32),
        }
        for name, values in unknown.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, values)
        if not len(self.access.foot):
            object.__setattr__(self, "access", Users.unknown(n))

    @property
    def n_edges(self) -> int:
        """Number of street segments."""
        return len(self.tail)

    @property
    def n_nodes(self) -> int:
        """Number of junctions and ends."""
        return len(self.node_x_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structures:
    """
    Buildings and plots.

    Parameters
    ----------
    id
        Stable text ids. Shape ``(n,)``.
    x_m
        Eastings of a point inside, in metres. Shape ``(n,)``.
    y_m
        Northings of that point, in metres. Shape ``(n,)``.
    area_m2
        Ground area in square metres, NaN where there is no outline. Shape ``(n,)``, float64.
    storeys
        Number of storeys, NaN if unknown. Shape ``(n,)``, float32.
    use
        What it was used for, ``""`` if unknown (a claim, low confidence). Shape ``(n,)``, objects.
    name
        Names, ``""`` if unknown. Shape ``(n,)``, objects.
    name_ar
        Arabic names, ``""`` if unknown. Shape ``(n,)``, objects.
    outline
        shapely Polygons (or MultiPolygons) in the town's metric system, None where only a point is
        known. Shape ``(n,)``, objects.
    from_report
        True where no layer lists the structure and only a report placed it. Shape ``(n,)``, bool.
    """

    id: Objects
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    storeys: NDArray[np.float32]
    use: Objects
    name: Objects
    name_ar: Objects
    outline: Objects
    from_report: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Number of structures."""
        return len(self.x_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """
    Named places and neighbourhoods.

    Parameters
    ----------
    id
        Stable text ids. Shape ``(n,)``.
    name
        Names. Shape ``(n,)``, objects.
    name_ar
        Arabic names, ``""`` if unknown. Shape ``(n,)``, objects.
    kind
        Such as ``"neighbourhood"``, ``"town"``, ``"border_crossing"``. Shape ``(n,)``, objects.
    people
        People before the fighting, NaN if unknown. Shape ``(n,)``, float64.
    shape
        shapely Points or Polygons in the town's metric system. Shape ``(n,)``, objects.
    """

    id: Objects
    name: Objects
    name_ar: Objects
    kind: Objects
    people: NDArray[np.float64]
    shape: Objects

    @property
    def n(self) -> int:
        """Number of places."""
        return len(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Barriers:
    """
    Water and other things that nobody crosses without a bridge.

    Parameters
    ----------
    name
        Names, ``""`` if unknown. Shape ``(n,)``, objects.
    kind
        ``"river"``, ``"canal"``, ``"wall"`` ... Shape ``(n,)``, objects.
    shape
        shapely lines or polygons in the town's metric system. Shape ``(n,)``, objects.
    """

    name: Objects
    kind: Objects
    shape: Objects

    @property
    def n(self) -> int:
        """Number of barriers."""
        return len(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """
    All that was there before asking what is broken.

    Parameters
    ----------
    name
        What planners call it.
    crs
        Its metric coordinate system, such as ``"EPSG:32637"``.
    streets
        Street segments.
    structures
        Buildings and plots.
    places
        Named places.
    barriers
        Water and walls.
    sources
        Where each layer came from.
    turns
        Turns that signs forbid.
    gates
        Gates, bollards and the like on streets.
    """

    name: str
    crs: str
    streets: Streets
    structures: Structures
    places: Places
    barriers: Barriers
    sources: tuple[LayerSource, ...]
    turns: Turns = field(default_factory=Turns.none)
    gates: Gates = field(default_factory=Gates.none)

    @property
    def is_exercise(self) -> bool:
        """True if any layer is made up; then everything that is written must say EXERCISE."""
        return any(source.exercise for source in self.sources)
