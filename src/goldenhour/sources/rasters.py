# SPDX-License-Identifier: Apache-2.0
"""Rasters of any size and system, piece by piece onto the town's grid; unknown stays unknown."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import ArrayLike, NDArray
from rasterio import warp
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader
from rasterio.transform import Affine
from rasterio.windows import Window

from goldenhour.base.errors import InputError, UnreadableFileError, WrongCrsError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.progress import Progress, quiet
from goldenhour.town.terrain import Frame

_SUFFIXES = (".tif", ".tiff", ".geotiff", ".img", ".asc", ".vrt", ".hgt", ".bil", ".dt2", ".dem")
_PIECE_PX, _LEAST_PIECE, _MOST_PIECE = 2048, 16, 1024
_RIM_PX = 3
_FINER = 1.5  # cells this much larger than pixels take all pixels below them
_MOST_LON, _MOST_LAT = 360.0, 90.0
_EDGE = np.array([0.0, 0.25, 0.5, 0.75, 1.0])

Heights = NDArray[np.float32]
Floats = NDArray[np.float64]
Reader = Callable[[DatasetReader, Window], Heights]


@contextmanager
def opened(path: Path) -> Iterator[DatasetReader]:
    """
    Open a raster of one band that says where it lies.

    Parameters
    ----------
    path
        Anything GDAL reads, or a zip of one such file.

    Yields
    ------
    raster
        Open; nothing was read yet.

    Raises
    ------
    UnreadableFileError
        If it is cut, damaged or no raster; also while it is read.
    WrongCrsError
        If it does not say where it lies, or cannot lie there.
    InputError
        If it has not exactly one band of plain numbers.
    """
    try:
        with rasterio.open(_inside(path)) as source:
            _check_bands(source, path)
            _check_place(source, path)
            yield source
    except CRSError as error:
        raise WrongCrsError(
            f"Its coordinate system cannot be used: {error}.",
            where=path.name,
            do="Convert it to EPSG:4326 with a GIS (gdalwarp -t_srs EPSG:4326).",
        ) from error
    except (RasterioError, OSError, zipfile.BadZipFile, NotImplementedError) as error:
        why = (str(error) or "it is damaged").splitlines()[0].rstrip(".")
        raise UnreadableFileError(
            f"It cannot be read as a raster: {why}.",
            where=path.name,
            do="Check that it was copied completely, and that it is what its name says.",
        ) from error


def pixel_m(source: DatasetReader, crs: str, x_m: float, y_m: float) -> float:
    """
    Measure a raster's pixels at a place.

    Parameters
    ----------
    source
        An open raster.
    crs
        The town's metric system.
    x_m
        Easting in metres.
    y_m
        Northing in metres.

    Returns
    -------
    size_m
        Side in metres of a square as large as a pixel.
    """
    (x,), (y,) = warp.transform(crs, source.crs, [x_m], [y_m])
    column, row = _apply(~source.transform, x, y)
    xy = _apply(source.transform, column + np.array([0, 1, 0]), row + np.array([0, 0, 1]))
    east, north = warp.transform(source.crs, crs, *xy)
    across = np.array([east[1] - east[0], north[1] - north[0]])
    down = np.array([east[2] - east[0], north[2] - north[0]])
    return float(np.sqrt(abs(across[0] * down[1] - across[1] * down[0])))


def onto(
    source: DatasetReader,
    frame: Frame,
    read: Reader,
    *,
    finer: Resampling,
    coarser: Resampling,
    progress: Progress = quiet,
) -> Heights:
    """
    Bring a raster onto the town's grid, reading only what lies below it, a piece at a time.

    Parameters
    ----------
    source
        An open raster.
    frame
        The grid.
    read
        Reads a window as float32, NaN where not known.
    finer
        How cells take their value where pixels are as large or larger.
    coarser
        Where pixels are clearly smaller.
    progress
        Told after every piece.

    Returns
    -------
    values
        NaN where not known or not covered. Shape ``(rows, columns)``, float32.
    """
    values = np.full(frame.shape, np.nan, dtype=np.float32)
    middle = frame.middle(np.array([frame.n_rows // 2]), np.array([frame.n_columns // 2]))
    ratio = frame.cell_m / pixel_m(source, frame.crs, float(middle[0][0]), float(middle[1][0]))
    whole = Affine(frame.cell_m, 0, frame.west_m, 0, -frame.cell_m, frame.north_m)
    side = int(np.clip(_PIECE_PX / ratio, _LEAST_PIECE, _MOST_PIECE))
    corners = [
        (r, c) for r in range(0, frame.n_rows, side) for c in range(0, frame.n_columns, side)
    ]
    for done, (row, column) in enumerate(corners, start=1):
        piece = np.full_like(values[row : row + side, column : column + side], np.nan)
        place = _moved(whole, column, row)
        window = _window(source, frame.crs, place, piece.shape)
        if window is not None:
            warp.reproject(
                read(source, window),
                piece,
                src_transform=_moved(source.transform, window.col_off, window.row_off),
                src_crs=source.crs,
                dst_transform=place,
                dst_crs=frame.crs,
                src_nodata=np.nan,
                dst_nodata=np.nan,
                resampling=coarser if ratio > _FINER else finer,
            )
        values[row : row + side, column : column + side] = piece
        progress("Reading the terrain", done, len(corners))
    return values


def about_grid(source: DatasetReader, path: Path) -> tuple[Finding, ...]:
    """
    Say what is unusual in how a raster lies.

    Parameters
    ----------
    source
        An open raster.
    path
        The file.

    Returns
    -------
    findings
        What a planner may want to know.
    """
    if not (source.transform.b or source.transform.d):
        return ()
    found = Finding(
        code="rotated-raster",
        layer=path.name,
        what="Its rows do not run from west to east.",
        done="It was turned.",
        severity=Severity.NOTE,
    )
    return (found,)


def _moved(transform: Affine, column: int, row: int) -> Affine:
    """Count from another cell."""
    (x,), (y,) = _apply(transform, [column], [row])
    return Affine(transform.a, transform.b, x, transform.d, transform.e, y)


def _apply(transform: Affine, column: ArrayLike, row: ArrayLike) -> tuple[Floats, Floats]:
    """Move points by a transform, in any version of the library."""
    c, r = np.asarray(column, dtype=np.float64), np.asarray(row, dtype=np.float64)
    x = transform.a * c + transform.b * r + transform.c
    y = transform.d * c + transform.e * r + transform.f
    return x, y


def _window(
    source: DatasetReader, crs: str, place: Affine, shape: tuple[int, ...]
) -> Window | None:
    """Find the pixels below a piece of the grid; None if there are none."""
    row, column = (part.ravel() for part in np.meshgrid(_EDGE * shape[0], _EDGE * shape[1]))
    xy = warp.transform(crs, source.crs, *_apply(place, column, row))
    columns, rows = _apply(~source.transform, *xy)
    known = np.isfinite(columns) & np.isfinite(rows)
    if not known.any():
        return None
    low = np.floor([rows[known].min(), columns[known].min()]).astype(np.int64) - _RIM_PX
    high = np.ceil([rows[known].max(), columns[known].max()]).astype(np.int64) + _RIM_PX
    low, high = np.maximum(low, 0), np.minimum(high, source.shape)
    if (high <= low).any():
        return None
    return Window(int(low[1]), int(low[0]), int(high[1] - low[1]), int(high[0] - low[0]))


def _inside(path: Path) -> str:
    """Name the file to open: itself, or the one raster in a zip."""
    if path.suffix.lower() != ".zip":
        if not path.is_file():
            raise OSError("there is no such file")
        return str(path)
    with zipfile.ZipFile(path) as pack:
        names = [name for name in pack.namelist() if "__MACOSX" not in name]
    found = [name for name in names if name.lower().endswith(_SUFFIXES)]
    if len(found) != 1:
        raise OSError(f"the zip holds {len(found)} rasters; unpack it and name one")
    return f"/vsizip/{path.resolve()}/{found[0]}"


def _check_bands(source: DatasetReader, path: Path) -> None:
    """Refuse pictures, stacks and containers."""
    bands = [kind for kind in source.colorinterp if kind is not ColorInterp.alpha]
    if len(bands) != 1:
        held = f"{len(source.subdatasets)} rasters" if source.subdatasets else f"{len(bands)} bands"
        raise InputError(
            f"It holds {held}; one band of numbers is needed.",
            where=path.name,
            do="Take out the one that is meant (gdal_translate -b 1).",
            code="GH155",
        )
    if np.dtype(source.dtypes[0]).kind not in "iuf":
        raise InputError(
            f"Its numbers are of the kind {source.dtypes[0]}, which are no heights and no classes.",
            where=path.name,
            do="Convert it to whole or floating-point numbers with a GIS.",
            code="GH155",
        )


def _check_place(source: DatasetReader, path: Path) -> None:
    """Refuse what does not lie anywhere, or cannot lie where it says."""
    if source.transform == Affine.identity():
        how = "only control points" if source.gcps[0] else "no position"
        raise WrongCrsError(
            f"It has {how}.",
            where=path.name,
            do="Look for the world file (.tfw) that belongs to it, or place it with gdalwarp.",
        )
    if source.crs is None:
        raise WrongCrsError(
            "It names no coordinate system.",
            where=path.name,
            do="Ask its sender for the system, and set it with gdal_edit.py -a_srs.",
        )
    corners = _apply(source.transform, [0, source.width] * 2, [0, 0, *[source.height] * 2])
    most = [float(np.abs(part).max()) for part in corners]
    in_degrees = most[0] <= _MOST_LON and most[1] <= _MOST_LAT + 1
    if source.crs.is_geographic != in_degrees:
        named = "degrees" if source.crs.is_geographic else "metres"
        raise WrongCrsError(
            f"Its coordinates reach {most[0]:.6g}, {most[1]:.6g}, but its system counts {named}.",
            where=path.name,
            do="Set the coordinate system that it really has with gdal_edit.py -a_srs.",
        )
