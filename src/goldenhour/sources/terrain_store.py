# SPDX-License-Identifier: Apache-2.0
"""A workspace's terrain: a GeoTIFF any GIS opens, that remembers where it came from."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import Affine

from goldenhour.base.errors import StoreError, UnreadableFileError
from goldenhour.town.layers import LayerSource
from goldenhour.town.terrain import Frame, GroundClass, Terrain

_KEY = "GOLDENHOUR"
_BANDS = ("elevation in metres", "ground class, -1 unknown")


def save(terrain: Terrain, path: Path) -> None:
    """
    Write a terrain; a crash leaves the old file or the new one, never a part.

    Parameters
    ----------
    terrain
        What to write.
    path
        A ``.tif`` file; replaced if it is there.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    note = {
        "cell_m": terrain.frame.cell_m,
        "classes": [asdict(kind) for kind in terrain.classes],
        "sources": [asdict(source) for source in terrain.sources],
    }
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            _write(terrain, part, json.dumps(note))
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, RasterioError) as error:
        raise StoreError(
            f"The terrain cannot be written: {error}.",
            where=str(path),
            do="Check that the folder exists, may be written to, and has room.",
        ) from error


def load(path: Path) -> Terrain:
    """
    Read a terrain that ``save`` wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    terrain
        The same cells, classes and sources.

    Raises
    ------
    UnreadableFileError
        If it is not there, cut, or not one of ours.
    """
    try:
        with rasterio.open(path) as source:
            note = json.loads(source.tags()[_KEY])
            elevation, ground = source.read()
            place, crs = source.transform, source.crs
        return Terrain(
            frame=Frame(
                crs=f"EPSG:{crs.to_epsg()}",
                west_m=place.c,
                north_m=place.f,
                cell_m=note["cell_m"],
                n_rows=elevation.shape[0],
                n_columns=elevation.shape[1],
            ),
            elevation_m=elevation.astype(np.float32),
            ground=ground.astype(np.int16),
            classes=tuple(GroundClass(**kind) for kind in note["classes"]),
            sources=tuple(LayerSource(**entry) for entry in note["sources"]),
        )
    except (RasterioError, OSError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(
            "This is not the terrain of a workspace, or it is damaged.",
            where=str(path),
            do="Take the file from a backup, or make the workspace again from its sources.",
        ) from error


def _write(terrain: Terrain, path: Path, note: str) -> None:
    """Write both bands and the note."""
    frame = terrain.frame
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=frame.n_columns,
        height=frame.n_rows,
        count=len(_BANDS),
        dtype="float32",
        crs=frame.crs,
        transform=Affine(frame.cell_m, 0, frame.west_m, 0, -frame.cell_m, frame.north_m),
        nodata=np.nan,
        compress="deflate",
        tiled=True,
    ) as target:
        target.write(terrain.elevation_m, 1)
        target.write(terrain.ground.astype(np.float32), 2)
        target.descriptions = _BANDS
        target.update_tags(**{_KEY: note})
