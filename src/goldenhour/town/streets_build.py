# SPDX-License-Identifier: Apache-2.0
"""Lines of any file → streets between junctions, with all that was wrong in them said."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from goldenhour.base.crs import geodesic_m, to_metric
from goldenhour.base.findings import Finding, Severity
from goldenhour.town.joining import Joined, join
from goldenhour.town.rows import Rows
from goldenhour.town.rules_build import users
from goldenhour.town.town import Objects, Streets

LINE, MULTI_LINE = 1, 5  # shapely's type numbers
NO_LENGTH_M = 0.001  # a millimetre: nobody walks it


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertices:
    """
    All vertices of many lines in one list.

    Parameters
    ----------
    lon_lat
        Degrees. Shape ``(n_vertices, 2)``.
    line
        The line of each vertex, ascending. Shape ``(n_vertices,)``.
    n_lines
        How many lines.
    """

    lon_lat: NDArray[np.float64]
    line: NDArray[np.intp]
    n_lines: int

    @property
    def first(self) -> NDArray[np.intp]:
        """The first vertex of each line. Shape ``(n_lines,)``."""
        return np.searchsorted(self.line, np.arange(self.n_lines))

    @property
    def last(self) -> NDArray[np.intp]:
        """The last vertex of each line. Shape ``(n_lines,)``."""
        return np.searchsorted(self.line, np.arange(self.n_lines), side="right") - 1

    def length_m(self) -> NDArray[np.float64]:
        """Measure each line on the ellipsoid, in metres. Shape ``(n_lines,)``."""
        lon, lat = self.lon_lat.T
        step_m = geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
        same = self.line[:-1] == self.line[1:]
        return np.bincount(
            self.line[:-1][same], weights=step_m[same], minlength=self.n_lines
        ).astype(np.float64)


def clean_lines(rows: Rows) -> tuple[Rows, tuple[Finding, ...]]:
    """
    Keep what can be walked along: single lines with finite coordinates.

    Parameters
    ----------
    rows
        The street rows of all layers.

    Returns
    -------
    rows, findings
        One row per line, and what was left out or split.
    """
    findings: list[Finding] = []
    kind = shapely.get_type_id(rows.shape)
    none = (kind < 0) | shapely.is_empty(rows.shape)
    findings += rows.refuse(none, code="no-geometry", what="streets without a shape.")
    other = ~none & (kind != LINE) & (kind != MULTI_LINE)
    findings += rows.refuse(other, code="not-a-line", what="streets that are points or areas.")
    rows, split = _explode(rows.take(~none & ~other))
    findings += split
    bounds = np.asarray(shapely.bounds(rows.shape)).reshape(-1, 4)
    strange = (bounds == 0).all(axis=1)
    lon_lat, line = shapely.get_coordinates(rows.shape, return_index=True)
    strange[line[~np.isfinite(lon_lat).all(axis=1)]] = True  # bounds pass over a single NaN
    findings += rows.refuse(
        strange, code="impossible-position", what="streets whose coordinates are no place."
    )
    return rows.take(~strange), tuple(findings)


def build_streets(rows: Rows, crs: str) -> tuple[Streets, tuple[Finding, ...]]:
    """
    Turn cleaned lines into streets between junctions.

    Streets that run side by side between the same junctions are all kept; exact repetitions are
    kept too (they change no travel time) and reported.

    Parameters
    ----------
    rows
        What ``clean_lines`` kept.
    crs
        The town's metric system.

    Returns
    -------
    streets, findings
        The streets, and what was noticed.
    """
    vertices = _vertices(rows)
    length_m = vertices.length_m() if rows.n else np.zeros(0)
    nothing = length_m < NO_LENGTH_M
    findings = list(rows.refuse(nothing, code="no-length", what="streets of no length."))
    if nothing.any():
        rows, length_m = rows.take(~nothing), length_m[~nothing]
        vertices = _vertices(rows)
    ends = join(rows, vertices.lon_lat[vertices.first], vertices.lon_lat[vertices.last])
    component, pieces = _pieces(ends, length_m, rows.label)
    findings += [
        *_about_ids(rows, ends),
        *_repeated(rows, ends, length_m),
        *pieces,
    ]
    x_m, y_m = to_metric(ends.lon, ends.lat, crs)
    return (
        Streets(
            id=_unique_ids(rows.id),
            tail=ends.tail.astype(np.int32),
            head=ends.head.astype(np.int32),
            length_m=length_m,
            highway=rows.text("highway"),
            name=rows.text("name"),
            name_ar=rows.text("name_ar"),
            oneway=np.nan_to_num(rows.numbers("oneway")).astype(np.int8),
            bridge=rows.flags("bridge"),
            maxspeed_kmh=rows.numbers("maxspeed_kmh").astype(np.float32),
            line=_lines(vertices, crs),
            node_x_m=x_m,
            node_y_m=y_m,
            component=component,
            surface=rows.text("surface"),
            level=np.nan_to_num(rows.numbers("level")).astype(np.int8),
            width_m=rows.numbers("width_m").astype(np.float32),
            maxweight_t=rows.numbers("maxweight_t").astype(np.float32),
            access=users(rows),
        ),
        tuple(findings),
    )


def _explode(rows: Rows) -> tuple[Rows, tuple[Finding, ...]]:
    """Give each part of a multi-line a row of its own; its parts join by coordinates only."""
    if not (shapely.get_type_id(rows.shape) == MULTI_LINE).any():
        return rows, ()
    parts, row = shapely.get_parts(rows.shape, return_index=True)
    n_parts = np.bincount(row, minlength=rows.n)
    found = rows.notice(
        n_parts > 1,
        code="split-line",
        what="streets of several separate lines.",
        done="Each line became a street of its own.",
    )
    split = rows.take(row)
    many = n_parts[row] > 1
    number = np.arange(len(row)) - np.searchsorted(row, row) + 1
    ids = split.id.copy()
    ids[many] = [f"{name}/{part}" for name, part in zip(ids[many], number[many], strict=True)]
    columns = split.columns.copy()
    for end in ("u", "v"):
        if end in columns:
            columns[end] = np.where(many, -1, split.whole(end, unknown=-1))
    return Rows(
        label=rows.label,
        id=ids,
        shape=np.asarray(parts, dtype=np.object_),
        layer=split.layer,
        columns=columns,
    ), found


def _vertices(rows: Rows) -> Vertices:
    """List all vertices."""
    lon_lat, line = shapely.get_coordinates(rows.shape, return_index=True)
    return Vertices(lon_lat=lon_lat, line=line, n_lines=rows.n)


def _lines(vertices: Vertices, crs: str) -> Objects:
    """Draw all lines in the town's metric system."""
    if not vertices.n_lines:
        return np.empty(0, dtype=np.object_)
    x_m, y_m = to_metric(vertices.lon_lat[:, 0], vertices.lon_lat[:, 1], crs)
    lines = shapely.linestrings(x_m, y_m, indices=vertices.line)
    return np.asarray(lines, dtype=np.object_)


def _unique_ids(ids: Objects) -> Objects:
    """Tell rows that share an id apart: the second becomes ``id#2``."""
    series = pd.Series(ids)
    if not series.duplicated().any():
        return ids
    turn = series.groupby(series, sort=False).cumcount().to_numpy()
    out = ids.copy()
    again = turn > 0
    out[again] = [f"{name}#{n + 1}" for name, n in zip(ids[again], turn[again], strict=True)]
    return out


def _about_ids(rows: Rows, ends: Joined) -> tuple[Finding, ...]:
    """Report ids that repeat, and node ids that contradict the lines."""
    again = pd.Series(rows.id).duplicated().to_numpy()
    return (
        *rows.notice(
            again,
            code="repeated-id",
            what="streets share the id of another.",
            done="The second of them got '#2' at the end of its id, and so on.",
        ),
        *rows.notice(
            ends.turned,
            code="node-ids-turned",
            what="streets whose two node ids stand in the order against their line.",
            done="The line's direction counts.",
        ),
        *rows.notice(
            ends.doubted,
            code="node-ids-doubted",
            what="streets whose node ids belong to other spots.",
            done="Joined by their coordinates instead.",
            severity=Severity.WARNING,
        ),
    )


def _repeated(rows: Rows, ends: Joined, length_m: NDArray[np.float64]) -> tuple[Finding, ...]:
    """Report streets that repeat another one vertex by vertex, in either direction."""
    pair = np.sort(np.stack([ends.tail, ends.head]), axis=0)
    key = pd.DataFrame({"a": pair[0], "b": pair[1], "mm": np.rint(length_m * 1000)})
    alike = np.flatnonzero(key.duplicated(keep=False).to_numpy())
    same = np.zeros(rows.n, dtype=np.bool_)
    lines = np.asarray(shapely.normalize(rows.shape[alike]), dtype=np.object_)
    same[alike] = pd.Series(shapely.to_wkb(lines)).duplicated().to_numpy()
    return rows.notice(
        same,
        code="repeated-street",
        what="streets listed twice with the same line.",
        done="Kept; travel times are the same.",
    )


def _pieces(
    ends: Joined, length_m: NDArray[np.float64], label: str
) -> tuple[NDArray[np.int32], tuple[Finding, ...]]:
    """Rank the connected pieces by size, and say what hangs off the largest."""
    n_nodes = len(ends.lon)
    if not n_nodes:
        return np.zeros(0, dtype=np.int32), ()
    ones = np.ones(len(ends.tail), dtype=np.int8)
    graph = coo_array((ones, (ends.tail, ends.head)), shape=(n_nodes, n_nodes))
    n_pieces, piece = connected_components(graph, directed=False)
    size = np.bincount(piece, minlength=n_pieces)
    rank = np.empty(n_pieces, dtype=np.int32)
    rank[np.argsort(-size, kind="stable")] = np.arange(n_pieces, dtype=np.int32)
    component = rank[piece]
    off = component[ends.tail] > 0
    if n_pieces == 1:
        return component, ()
    found = Finding(
        code="separate-pieces",
        layer=label,
        what=f"The streets form {n_pieces:,} pieces that do not touch: {off.sum():,} streets "
        f"({length_m[off].sum() / 1000:,.1f} km) hang off the largest piece.",
        done="Kept. Nobody can be carried between pieces; streets may be missing from the file.",
        n_rows=int(off.sum()),
    )
    return component, (found,)
