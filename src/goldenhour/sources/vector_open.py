# SPDX-License-Identifier: Apache-2.0
"""Opening files of shapes, plain or zipped: every table in EPSG:4326, its text readable."""

import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyarrow import ArrowException
from pyogrio.errors import CRSError as DriverCrsError
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj.exceptions import CRSError, ProjError

from goldenhour.base.crs import WGS84
from goldenhour.base.errors import UnreadableFileError, WrongCrsError
from goldenhour.base.findings import Finding, Severity
from goldenhour.sources.decoding import decode

PARQUET = (".parquet", ".geoparquet", ".pq")
SUFFIXES = (".gpkg", ".geojson", ".json", ".fgb", ".shp", *PARQUET)
_LAYERED = (".gpkg",)
_MOST_LON, _MOST_LAT = 180.0, 90.0
_ROUNDING_DEG = 1e-6
_FILE_ERRORS = (
    DataSourceError,  # not the format it claims, cut
    DataLayerError,
    FieldError,
    ArrowException,  # cut or damaged parquet
    OSError,
    EOFError,
    NotImplementedError,  # a zip packed in a way this Python cannot unpack
    RuntimeError,  # a zip with a password
    UnicodeDecodeError,
    zipfile.BadZipFile,
    zlib.error,
    shapely.errors.ShapelyError,  # damaged shapes
    ValueError,  # parquet without shapes
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeTable:
    """
    One table of a file.

    Parameters
    ----------
    name
        Its layer or member name.
    rows
        Its rows, EPSG:4326.
    """

    name: str
    rows: gpd.GeoDataFrame


def open_tables(path: Path) -> tuple[tuple[ShapeTable, ...], tuple[Finding, ...]]:
    """
    Read every table with shapes.

    Parameters
    ----------
    path
        GeoPackage, GeoParquet, GeoJSON, FlatGeobuf, shapefile, or a zip of them.

    Returns
    -------
    tables, findings
        The tables, and what was noticed while opening them.

    Raises
    ------
    UnreadableFileError
        If the file is cut, damaged or not what its name says.
    WrongCrsError
        If a table names no coordinate system, or coordinates cannot be of the one it names.
    """
    tables: list[ShapeTable] = []
    findings: list[Finding] = []
    try:
        with _files(path) as files:
            for file in files:
                for name, layer in _layers(file):
                    raw, noticed = _read(file, layer, label=path.name)
                    findings += noticed
                    if isinstance(raw, gpd.GeoDataFrame):
                        tables.append(ShapeTable(name=name, rows=_in_degrees(raw, path)))
    except (UnreadableFileError, WrongCrsError):
        raise
    except (CRSError, DriverCrsError, ProjError) as error:
        raise WrongCrsError(
            f"Its coordinate system cannot be used: {error}.",
            where=path.name,
            do="Convert the file to EPSG:4326 with a GIS.",
        ) from error
    except IndexError as error:  # a cut FlatGeobuf
        raise _unreadable(path, "it is cut") from error
    except _FILE_ERRORS as error:
        raise _unreadable(path, str(error)) from error
    return tuple(tables), tuple(findings)


@contextmanager
def _files(path: Path) -> Iterator[list[Path]]:
    """Give the files to open: the file itself, or a zip's members in a folder that vanishes."""
    if path.suffix.lower() != ".zip":
        yield [path]
        return
    with tempfile.TemporaryDirectory(prefix="goldenhour-") as folder, zipfile.ZipFile(path) as pack:
        members = [name for name in pack.namelist() if "__MACOSX" not in name]
        pack.extractall(folder, members=members)
        found = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in SUFFIXES)
        if not found:
            raise _unreadable(path, "the zip holds no file of shapes")
        yield found


def _layers(file: Path) -> list[tuple[str, str | None]]:
    """List the tables of one file: name, and what to ask the driver for."""
    if file.suffix.lower() not in _LAYERED:
        return [(file.stem, None)]
    return [(str(name), str(name)) for name, shape in pyogrio.list_layers(file) if shape]


def _read(file: Path, layer: str | None, *, label: str) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read one table, keeping what its driver complains about."""
    if file.suffix.lower() in PARQUET:
        return gpd.read_parquet(file), ()
    bare = file.suffix.lower() == ".shp" and not _has_code_page(file)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rows = pyogrio.read_dataframe(file, layer=layer, encoding="ISO-8859-1" if bare else None)
    findings = [_complaint(label, str(entry.message)) for entry in caught]
    if bare:
        rows, guessed = _with_readable_text(rows, label)
        findings += guessed
    return rows, tuple(findings)


def _has_code_page(shapefile: Path) -> bool:
    """Say if a shapefile names its encoding in a file beside it."""
    return any(shapefile.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG", ".Cpg"))


def _with_readable_text(rows: pd.DataFrame, label: str) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read a shapefile's text again by what its bytes look like, all columns alike."""
    texts = [name for name in rows.columns if pd.api.types.is_string_dtype(rows[name])]
    raw = "\n".join(str(cell) for name in texts for cell in rows[name].dropna()).encode("latin-1")
    if raw.isascii():
        return rows, ()
    encoding = decode(raw).encoding
    rows = rows.copy()
    for name in texts:
        rows[name] = [
            cell.encode("latin-1").decode(encoding, errors="replace")
            if isinstance(cell, str)
            else cell
            for cell in rows[name]
        ]
    found = Finding(
        code="encoding-guessed",
        layer=label,
        what=f"The shapefile has no .cpg file; its text was read as {encoding}.",
        done="Check that names look right.",
    )
    return rows, (found,)


def _in_degrees(rows: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """Convert a table to EPSG:4326, refusing what cannot be placed on earth."""
    if rows.crs is None:
        raise WrongCrsError(
            "It names no coordinate system.",
            where=path.name,
            do="Ask its sender for the system (a .prj file), or set it with a GIS.",
        )
    if not rows.crs.equals(WGS84):
        moved = rows.to_crs(WGS84)
        return gpd.GeoDataFrame(moved)
    bounds = np.asarray(shapely.bounds(np.asarray(rows.geometry.array, dtype=np.object_)))
    most = np.nanmax(np.abs(bounds.reshape(-1, 2)), axis=0) if np.isfinite(bounds).any() else [0, 0]
    if most[0] > _MOST_LON + _ROUNDING_DEG or most[1] > _MOST_LAT + _ROUNDING_DEG:
        raise WrongCrsError(
            f"Its coordinates reach {most[0]:.6g}, {most[1]:.6g}, which are no longitudes and "
            "latitudes: metres, or swapped axes.",
            where=path.name,
            do="Save it with the coordinate system it really has, or exchange its axes.",
        )
    return rows


def _complaint(label: str, text: str) -> Finding:
    """Pass on what a driver said."""
    return Finding(
        code="driver-complaint",
        layer=label,
        what=text,
        done="The table was read nevertheless.",
        severity=Severity.NOTE,
    )


def _unreadable(path: Path, why: str) -> UnreadableFileError:
    """Say that a file cannot be opened."""
    first = (why or "it is damaged").splitlines()[0].split("; ")[0]
    return UnreadableFileError(
        f"It cannot be read: {first.rstrip('.')}.",
        where=path.name,
        do="Check that it was copied completely, and that it is what its name says.",
    )
