# SPDX-License-Identifier: Apache-2.0
"""OpenStreetMap ways → streets split where they share a node."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.findings import Finding, Severity
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.osm_access import access, maxweight_t, width_m
from goldenhour.sources.osm_tags import NOT_STREETS, Tags, maxspeed_kmh, oneway, street_level
from goldenhour.sources.shaping import make_layer
from goldenhour.town.layers import Layer, LayerKind, LayerSource

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Pieces(NamedTuple):
    """
    Streets as ways were split into them, for what refers to them.

    Parameters
    ----------
    id
        Street ids. Length ``n``.
    way
        OSM ids of their ways. Shape ``(n,)``.
    u
        OSM ids of first nodes. Shape ``(n,)``.
    v
        OSM ids of last nodes. Shape ``(n,)``.
    oneway
        1 along the line, -1 against it, 0 both ways. Shape ``(n,)``.
    start
        Longitude and latitude of first nodes in degrees. Shape ``(n, 2)``.
    end
        Longitude and latitude of last nodes in degrees. Shape ``(n, 2)``.
    """

    id: list[str]
    way: Ints
    u: Ints
    v: Ints
    oneway: Ints
    start: Floats
    end: Floats


@dataclass(slots=True)
class StreetWays:
    """
    Street ways in the making, one entry per way unless said otherwise.

    Parameters
    ----------
    label
        The file's name.
    """

    label: str
    id: list[int] = field(default_factory=list)
    n_nodes: list[int] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    """Node ids of all ways."""
    coordinates: list[NDArray[np.float64]] = field(default_factory=list)
    columns: dict[str, list[object]] = field(default_factory=dict)
    excluded: dict[str, list[str]] = field(default_factory=dict)
    noticed: Noticed = field(init=False)

    def __post_init__(self) -> None:
        self.noticed = Noticed(self.label)

    def add(self, way_id: int, tags: Tags, nodes: list[int], lon_lat: NDArray[np.float64]) -> None:
        """
        Take a way with a ``highway`` tag; NaN coordinates mark nodes beyond the file's edge.

        Parameters
        ----------
        way_id
            Its OSM id.
        tags
            Its tags.
        nodes
            Node ids.
        lon_lat
            Degrees, EPSG:4326, NaN where unknown. Shape ``(n_nodes, 2)``.
        """
        if (highway := tags["highway"]) in NOT_STREETS:
            self.excluded.setdefault(highway, []).append(f"way/{way_id}")
            return
        self.id.append(way_id)
        self.n_nodes.append(len(nodes))
        self.node += nodes
        self.coordinates.append(lon_lat)
        self._describe(way_id, tags)

    def _describe(self, way_id: int, tags: Tags) -> None:
        """Keep what a way says about itself."""
        speed_kmh = maxspeed_kmh(tags.get("maxspeed"))
        if np.isnan(speed_kmh) and "maxspeed" in tags:
            self.noticed.note(
                "speed-not-a-number",
                f"way/{way_id}",
                "Posted speeds that are no number.",
                "Unknown.",
            )
        row: dict[str, object] = {
            "highway": tags["highway"],
            "name": tags.get("name"),
            "name_ar": tags.get("name:ar"),
            "oneway": oneway(tags),
            "bridge": tags.get("bridge", "no") != "no",
            "surface": tags.get("surface"),
            "level": street_level(tags),
            "maxspeed_kmh": speed_kmh,
            "width_m": width_m(tags.get("width")),
            "maxweight_t": maxweight_t(tags.get("maxweight")),
            **access(tags),
        }
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)

    def layer(
        self, source: LayerSource, *, gates: Iterable[int] = ()
    ) -> tuple[Layer | None, Pieces | None, tuple[Finding, ...]]:
        """
        Split the ways where they meet, and where a gate stands on them.

        Parameters
        ----------
        source
            Where they come from.
        gates
            Ids of nodes at which streets are split although no other street meets them.

        Returns
        -------
        layer, pieces, findings
            None and None if there is no street.
        """
        findings = [*self.noticed.findings(), *self._excluded()]
        if not self.id:
            return None, None, tuple(findings)
        node = np.array(self.node, dtype=np.int64)
        lon_lat = np.concatenate(self.coordinates)
        way = np.repeat(np.arange(len(self.id)), self.n_nodes)
        there = np.asarray(np.isfinite(lon_lat).all(axis=1), dtype=np.bool_)
        findings += self._cut(way, there)
        is_gate = np.isin(node, np.fromiter(gates, dtype=np.int64))
        first, last = _spans(node, way, there, is_gate)
        if not len(first):
            return None, None, tuple(findings)
        of_way, vertex, edge = way[first], *_vertices(first, last)
        columns: dict[str, object] = {
            name: np.array(values, dtype=np.object_)[of_way]
            for name, values in self.columns.items()
        }
        pieces = Pieces(
            id=_ids(np.array(self.id), of_way),
            way=np.array(self.id, dtype=np.int64)[of_way],
            u=node[first],
            v=node[last],
            oneway=np.array(self.columns["oneway"], dtype=np.int64)[of_way],
            start=lon_lat[first],
            end=lon_lat[last],
        )
        columns |= {"id": pieces.id, "u": pieces.u, "v": pieces.v}
        lines = np.asarray(shapely.linestrings(lon_lat[vertex], indices=edge), dtype=np.object_)
        layer = make_layer(LayerKind.STREETS, columns, lines, source=source)
        return layer, pieces, tuple(findings)

    def _excluded(self) -> tuple[Finding, ...]:
        """Count ways that are drawn as highways but are no streets."""
        return tuple(
            Finding(
                code="not-a-street",
                layer=self.label,
                what=f"{len(ways):,} ways are tagged highway={kind}: no street to use.",
                done="Left out.",
                severity=Severity.REFUSED,
                n_rows=len(ways),
                rows=tuple(ways[:5]),
            )
            for kind, ways in sorted(self.excluded.items())
        )

    def _cut(self, way: NDArray[np.intp], there: NDArray[np.bool_]) -> tuple[Finding, ...]:
        """Report ways whose nodes lie beyond the extract's edge."""
        ways = np.unique(way[~there])
        if not len(ways):
            return ()
        found = Finding(
            code="cut-at-edge",
            layer=self.label,
            what=f"{len(ways):,} streets run over the edge of the extract: "
            f"{int((~there).sum()):,} of their nodes are not in the file.",
            done="Their known parts were kept.",
            n_rows=len(ways),
            rows=tuple(f"way/{self.id[w]}" for w in ways[:5]),
        )
        return (found,)


def _spans(
    node: Ints, way: NDArray[np.intp], there: NDArray[np.bool_], is_gate: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Find where each street starts and ends: way ends, shared nodes, gates, the file's edge."""
    _, which, uses = np.unique(node, return_inverse=True, return_counts=True)
    goes_on = (way[:-1] == way[1:]) & there[:-1] & there[1:]  # from vertex i to vertex i + 1
    before = np.concatenate([[False], goes_on])
    after = np.concatenate([goes_on, [False]])
    stop = (uses[which] > 1) | is_gate | ~before | ~after
    return np.flatnonzero(stop & after), np.flatnonzero(stop & before)


def _vertices(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """List the vertices of all streets, and the street of each."""
    count = last - first + 1
    edge = np.repeat(np.arange(len(first)), count)
    start = np.cumsum(count) - count
    return np.arange(len(edge)) - start[edge] + first[edge], edge


def _ids(way_id: Ints, of_way: Ints) -> list[str]:
    """Name streets after their way, with a number where a way became several."""
    parts = np.bincount(of_way, minlength=len(way_id))[of_way]
    turn = np.arange(len(of_way)) - np.searchsorted(of_way, of_way) + 1
    return [
        f"way/{name}/{number}" if many > 1 else f"way/{name}"
        for name, number, many in zip(
            way_id[of_way].tolist(), turn.tolist(), parts.tolist(), strict=True
        )
    ]
