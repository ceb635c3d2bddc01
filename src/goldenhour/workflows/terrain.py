# SPDX-License-Identifier: Apache-2.0
"""A town's ground: made from rasters once, then kept in its workspace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.progress import Progress, quiet
from goldenhour.sources import terrain_store
from goldenhour.sources.elevation import read_elevation, resolution_m
from goldenhour.sources.land_cover import read_classes, read_land_cover, worldcover
from goldenhour.sources.shaping import source_of
from goldenhour.town.layers import LayerSource
from goldenhour.town.terrain import UNKNOWN_GROUND, Frame, GroundClass, Terrain, frame_around
from goldenhour.town.town import Town
from goldenhour.workflows.workspace import Workspace

_FILE = "terrain.tif"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerrainFiles:
    """
    The rasters a person named.

    Parameters
    ----------
    elevation
        Heights; where they overlap the first that knows counts.
    land_cover
        Class numbers, likewise.
    table
        Walking speeds of the classes; None for those of ESA WorldCover.
    """

    elevation: tuple[Path, ...] = ()
    land_cover: tuple[Path, ...] = ()
    table: Path | None = None


def make_terrain(
    town: Town, files: TerrainFiles, *, attribution: str = "", progress: Progress = quiet
) -> tuple[Terrain | None, tuple[Finding, ...]]:
    """
    Read a town's ground from rasters.

    Parameters
    ----------
    town
        The town.
    files
        The rasters.
    attribution
        Words a map must show.
    progress
        Told how far the work is.

    Returns
    -------
    terrain, findings
        None if no raster was named.

    Raises
    ------
    InputError
        If there is land cover without heights, or a table without land cover.
    """
    _check_complete(files)
    if not files.elevation:
        return None, ()
    frame, findings = _frame(town, files.elevation)
    elevation_m, noticed = read_elevation(files.elevation, frame, progress=progress)
    findings += noticed
    ground = np.full(frame.shape, UNKNOWN_GROUND, dtype=np.int16)
    classes: tuple[GroundClass, ...] = ()
    if files.land_cover:
        classes = worldcover()
        if files.table:
            classes, noticed = read_classes(files.table)
            findings += noticed
        ground, noticed = read_land_cover(files.land_cover, frame, classes, progress=progress)
        findings += noticed
    terrain = Terrain(
        frame=frame,
        elevation_m=elevation_m,
        ground=ground,
        classes=classes,
        sources=_sources(files, attribution),
    )
    return terrain, (*findings, *_gaps(terrain))


def save_terrain(workspace: Workspace, terrain: Terrain) -> None:
    """
    Keep a terrain in a workspace.

    Parameters
    ----------
    workspace
        Where to.
    terrain
        The ground of its town.
    """
    terrain_store.save(terrain, workspace.layers / _FILE)


def load_terrain(workspace: Workspace) -> Terrain | None:
    """
    Load a workspace's terrain.

    Parameters
    ----------
    workspace
        The town's folder.

    Returns
    -------
    terrain
        None if it was made without heights.

    Raises
    ------
    UnreadableFileError
        If it is damaged.
    """
    path = workspace.layers / _FILE
    return terrain_store.load(path) if path.exists() else None


def on_terrain(town: Town, terrain: Terrain | None) -> Town:
    """
    Name the terrain's files among the town's sources, so that plans rest on them too.

    Parameters
    ----------
    town
        The town.
    terrain
        Its ground, or None.

    Returns
    -------
    town
        With more sources.
    """
    return replace(town, sources=(*town.sources, *terrain.sources)) if terrain else town


def _check_complete(files: TerrainFiles) -> None:
    """Refuse parts of a terrain that say nothing without another."""
    if files.land_cover and not files.elevation:
        raise InputError(
            "Land cover alone does not say how steep the ground is.",
            where="--land-cover",
            do="Give heights too: --elevation FILE.",
            code="GH157",
        )
    if files.table and not files.land_cover:
        raise InputError(
            "A table of walking speeds needs the land cover that it is about.",
            where="--land-cover-table",
            do="Give it with --land-cover FILE.",
            code="GH157",
        )


def _frame(town: Town, elevation: Sequence[Path]) -> tuple[Frame, tuple[Finding, ...]]:
    """Lay the grid, as fine as the heights are as far as that makes sense."""
    x_m, y_m = (float(np.median(part)) for part in (town.streets.node_x_m, town.streets.node_y_m))
    pixel_m = resolution_m(elevation, town.crs, x_m, y_m)
    least, most = facts.number("terrain.least_cell_m"), facts.number("terrain.most_cell_m")
    frame = frame_around(town, cell_m=float(np.clip(round(pixel_m), least, most)))
    findings = []
    if pixel_m > most * 1.5:
        findings.append(
            _remark("coarse-heights", f"Heights are known every {pixel_m:,.0f} m only.")
        )
    if frame.cell_m > most:
        what = f"The town is wide: cells of the terrain are {frame.cell_m:g} m wide."
        findings.append(_remark("coarse-cells", what))
    return frame, tuple(findings)


def _gaps(terrain: Terrain) -> tuple[Finding, ...]:
    """Count the cells over which nobody is carried because something is not known."""
    no_height = np.isnan(terrain.elevation_m)
    no_class = (terrain.ground == UNKNOWN_GROUND) & bool(terrain.classes)
    gaps = (("elevation-unknown", "height", no_height), ("ground-unknown", "land cover", no_class))
    return tuple(
        _remark(code, f"No {what} is known for {cells.mean():.1%} of the ground around the town.")
        for code, what, cells in gaps
        if cells.any()
    )


def _remark(code: str, what: str) -> Finding:
    """Warn about the ground."""
    return Finding(
        code=code,
        layer="terrain",
        what=what,
        done="Nobody is carried over unknown ground." if code.endswith("unknown") else "",
        severity=Severity.WARNING,
    )


def _sources(files: TerrainFiles, attribution: str) -> tuple[LayerSource, ...]:
    """Say where the ground comes from."""
    tables = (files.table,) if files.table else ()
    named = (
        *((path, "elevation") for path in files.elevation),
        *((path, "land_cover") for path in (*files.land_cover, *tables)),
    )
    return tuple(source_of(path, kind, attribution=attribution) for path, kind in named)
