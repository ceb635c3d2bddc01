# SPDX-License-Identifier: Apache-2.0
"""OpenStreetMap areas, nodes and water → structures, places and barriers."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.findings import Finding, Severity, first_rows
from goldenhour.sources.osm_tags import GROUNDS, Tags, is_health, number, use, water_kind
from goldenhour.sources.shaping import is_arabic, make_layer
from goldenhour.town.layers import Layer, LayerKind, LayerSource

_HOUSES, _PLACES, _WATER = LayerKind.STRUCTURES, LayerKind.PLACES, LayerKind.BARRIERS


@dataclass(slots=True)
class Things:
    """
    Structures, places and barriers in the making.

    Parameters
    ----------
    label
        The file's name.
    """

    label: str
    rows: dict[LayerKind, list[dict[str, object]]] = field(
        default_factory=lambda: {kind: [] for kind in (_HOUSES, _PLACES, _WATER)}
    )
    wkb: dict[LayerKind, list[bytes]] = field(
        default_factory=lambda: {kind: [] for kind in (_HOUSES, _PLACES, _WATER)}
    )
    health_points: list[tuple[dict[str, object], float, float]] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    expected: dict[str, None] = field(default_factory=dict)
    """Buildings that the file draws, in its order."""
    made: set[str] = field(default_factory=set)
    """What became an area, before or after the file said that it is one."""

    def expect(self, name: str) -> None:
        """
        Note that a building is drawn, so that it is missed if it makes no area.

        Parameters
        ----------
        name
            Such as ``"way/12"``.
        """
        self.expected[name] = None

    def add_area(self, name: str, tags: Tags, wkb: bytes) -> None:
        """
        Take an area.

        Parameters
        ----------
        name
            Such as ``"way/12"``.
        tags
            Its tags.
        wkb
            Its shape in degrees, EPSG:4326.
        """
        self.made.add(name)
        if tags.get("building", "no") != "no":
            self._keep(_HOUSES, _structure(name, tags), wkb)
        elif tags.get("amenity") in GROUNDS or is_health(tags):
            self.grounds.append(name)
            self._keep(_HOUSES, _structure(name, tags), wkb)
        if "place" in tags and _named(tags):
            self._keep(_PLACES, _place(name, tags), wkb)
        if kind := water_kind(tags):
            self._keep(_WATER, {"id": name, "name": tags.get("name"), "kind": kind}, wkb)

    def add_line(self, name: str, tags: Tags, lon_lat: NDArray[np.float64]) -> None:
        """
        Take an open line, which may be water or a wall.

        Parameters
        ----------
        name
            Such as ``"way/12"``.
        tags
            Its tags.
        lon_lat
            Degrees, EPSG:4326. Shape ``(n, 2)``.
        """
        if kind := water_kind(tags):
            row: dict[str, object] = {"id": name, "name": tags.get("name"), "kind": kind}
            self._keep(_WATER, row, shapely.to_wkb(shapely.LineString(lon_lat)))

    def add_point(self, name: str, tags: Tags, lon: float, lat: float) -> None:
        """
        Take a node, which may be a place or a clinic.

        Parameters
        ----------
        name
            Such as ``"node/12"``.
        tags
            Its tags.
        lon
            Longitude in degrees.
        lat
            Latitude in degrees.
        """
        if "place" in tags and _named(tags):
            self._keep(_PLACES, _place(name, tags), shapely.to_wkb(shapely.Point(lon, lat)))
        if is_health(tags):
            self.health_points.append((_structure(name, tags), lon, lat))

    def layer(
        self, kind: LayerKind, source: LayerSource
    ) -> tuple[Layer | None, tuple[Finding, ...]]:
        """
        Finish one layer.

        Parameters
        ----------
        kind
            Structures, places or barriers.
        source
            Where it comes from.

        Returns
        -------
        layer, findings
            None if it has no row.
        """
        rows = self.rows[kind]
        shapes = np.asarray(shapely.from_wkb(np.array(self.wkb[kind], dtype=np.object_)))
        findings: list[Finding] = []
        if kind is _HOUSES:
            shapes, findings = self._with_health_points(rows, shapes.astype(np.object_))
            findings += [*self._about_grounds(), *self._not_closed()]
        if not rows:
            return None, tuple(findings)
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return make_layer(kind, columns, shapes, source=source), tuple(findings)

    def _keep(self, kind: LayerKind, row: dict[str, object], wkb: bytes) -> None:
        """Add a row."""
        self.rows[kind].append(row)
        self.wkb[kind].append(wkb)

    def _with_health_points(
        self, rows: list[dict[str, object]], shapes: NDArray[np.object_]
    ) -> tuple[NDArray[np.object_], list[Finding]]:
        """Give a clinic's point to the outline around it; where there is none it stays a point."""
        if not self.health_points:
            return shapes, []
        points = shapely.points([(lon, lat) for _, lon, lat in self.health_points])
        which, outline = shapely.STRtree(shapes).query(points, predicate="within")
        inside = dict(zip(which[::-1].tolist(), outline[::-1].tolist(), strict=True))
        loose = []
        for i, (row, _, _) in enumerate(self.health_points):
            if i in inside and rows[inside[i]]["use"] in {None, row["use"]}:
                around = rows[inside[i]]
                rows[inside[i]] = {key: around[key] or row[key] for key in around}
            else:
                loose.append(i)
                rows.append(row)
        return np.concatenate([shapes, points[loose]]), list(self._about_points(loose))

    def _about_points(self, loose: list[int]) -> tuple[Finding, ...]:
        """Say which health points stand on their own."""
        if not loose:
            return ()
        ids = [self.health_points[i][0]["id"] for i in loose]
        found = Finding(
            code="health-point",
            layer=self.label,
            what=f"{len(loose):,} health features are points without an outline of their own.",
            done="Kept as structures of unknown area.",
            severity=Severity.NOTE,
            n_rows=len(loose),
            rows=first_rows(ids),
        )
        return (found,)

    def _about_grounds(self) -> tuple[Finding, ...]:
        """Say which structures are grounds rather than buildings."""
        if not self.grounds:
            return ()
        found = Finding(
            code="grounds",
            layer=self.label,
            what=f"{len(self.grounds):,} hospitals or schools are drawn as grounds, not buildings.",
            done="Kept as structures; their area is that of the grounds.",
            n_rows=len(self.grounds),
            rows=first_rows(self.grounds),
        )
        return (found,)

    def _not_closed(self) -> tuple[Finding, ...]:
        """Say which buildings have no usable outline."""
        lost = [name for name in self.expected if name not in self.made]
        if not lost:
            return ()
        found = Finding(
            code="broken-outline",
            layer=self.label,
            what=f"{len(lost):,} buildings have an open or crossed outline, or one cut off.",
            done="Left out.",
            severity=Severity.REFUSED,
            n_rows=len(lost),
            rows=first_rows(lost),
        )
        return (found,)


def _named(tags: Tags) -> bool:
    """Say if a place has a name to call it by."""
    return "name" in tags or "name:ar" in tags or "name:en" in tags


def _structure(name: str, tags: Tags) -> dict[str, object]:
    """Describe a building."""
    return {
        "id": name,
        "use": use(tags),
        "name": tags.get("name"),
        "name_ar": tags.get("name:ar"),
        "storeys": number(tags.get("building:levels")),
    }


def _place(name: str, tags: Tags) -> dict[str, object]:
    """Describe a named place."""
    name_here = tags.get("name", "")
    return {
        "id": name,
        "name": tags.get("name:en") or tags.get("name") or tags.get("name:ar"),
        "name_ar": tags.get("name:ar") or (name_here if is_arabic(name_here) else None),
        "kind": tags["place"],
        "people": number(tags.get("population")),
    }
