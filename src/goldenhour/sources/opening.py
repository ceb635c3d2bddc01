# SPDX-License-Identifier: Apache-2.0
"""Opening delivered files of places: plain or zipped, junk in front or not, always in degrees."""

import json
import re
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import CRSError as DriverCrsError
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj.exceptions import CRSError, ProjError
from shapely.errors import ShapelyError

from goldenhour.base.crs import WGS84
from goldenhour.base.errors import UnreadableFileError, WrongCrsError
from goldenhour.base.findings import Finding, Severity

_MAIN_SUFFIXES = (".gpkg", ".shp", ".geojson", ".json", ".gdb")
_FILE_ERRORS = (
    DataLayerError,
    DataSourceError,
    FieldError,
    OSError,
    EOFError,
    NotImplementedError,  # a zip packed in a way this Python cannot unpack
    IndexError,
    RuntimeError,  # a zip with a password
    ShapelyError,  # damaged shapes
    UnicodeDecodeError,
    zipfile.BadZipFile,
    zlib.error,
)
_HEAD_BYTES = 65_536
_MOST_UNPACKED_BYTES = 4_000_000_000
_DBF_FIELD_BYTES, _DBF_NAME_BYTES, _DBF_FIELDS_END = 32, 11, b"\r"
_JSON_PROPERTIES = re.compile(r'"properties"\s*:\s*')


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTable:
    """
    One table of a delivered file.

    Parameters
    ----------
    name
        Its layer or member name.
    rows
        Its rows; with places, a GeoDataFrame in EPSG:4326.
    """

    name: str
    rows: pd.DataFrame


def columns(path: Path) -> dict[str, tuple[str, ...]]:
    """
    List tables and their columns from as few bytes as possible.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    columns
        By table name; empty if nothing can be read. Never raises.
    """
    try:
        if path.is_file() and zipfile.is_zipfile(path):
            return _columns_in_zip(path)
        return _columns_of(path.name, _head(path)) if _is_plain(path) else _asked(path)
    except (*_FILE_ERRORS, ValueError):
        return {}


def member_names(path: Path) -> tuple[str, ...]:
    """
    List what a zip holds.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    names
        Without folders; empty if the file is no zip. Never raises.
    """
    try:
        if not (path.is_file() and zipfile.is_zipfile(path)):
            return ()
        with zipfile.ZipFile(path) as package:
            return tuple(PurePosixPath(name).name for name in package.namelist())
    except _FILE_ERRORS:
        return ()


def read_tables(
    path: Path, *, wanted: Callable[[str], bool]
) -> tuple[tuple[NamedTable, ...], tuple[Finding, ...]]:
    """
    Read tables of a file or zip.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, shapefile, file geodatabase, or a zip of them (bytes in front of the
        zip's signature are passed over).
    wanted
        Says of a table's name if it is to be read.

    Returns
    -------
    tables, findings
        The tables, and what their driver complained about.

    Raises
    ------
    UnreadableFileError
        If the file is cut, empty, locked or no such file.
    WrongCrsError
        If a table with places names no coordinate system.
    """
    tables: list[NamedTable] = []
    findings: list[Finding] = []
    try:
        with _unpacked(path) as files:
            for file in files:
                for name in _layers(file):
                    if wanted(name):
                        rows, complaints = _rows(file, name)
                        tables.append(NamedTable(name=name, rows=_in_degrees(rows, path, name)))
                        findings += [_complaint(path, name, text) for text in complaints]
    except (CRSError, DriverCrsError, ProjError) as error:
        raise WrongCrsError(
            f"Its coordinate system cannot be used: {error}.",
            where=path.name,
            do="Convert the file to EPSG:4326 with a GIS.",
        ) from error
    except _FILE_ERRORS as error:
        raise _unreadable(path, error) from error
    return tuple(tables), tuple(findings)


def _is_plain(path: Path) -> bool:
    """Say if a file's columns stand in its first bytes, or its companion's."""
    return path.is_file() and path.suffix.lower() in {".shp", ".dbf", ".geojson", ".json"}


def _head(path: Path) -> bytes:
    """Read the first bytes of a file; of its .dbf if it is a shapefile."""
    named = path.with_suffix(".dbf") if path.suffix.lower() == ".shp" else path
    with named.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _columns_in_zip(path: Path) -> dict[str, tuple[str, ...]]:
    """Look into a zip's members."""
    found: dict[str, tuple[str, ...]] = {}
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if "__MACOSX" not in name]
        for name in names:
            if PurePosixPath(name).suffix.lower() in {".dbf", ".geojson", ".json"}:
                with package.open(name) as member:
                    found |= _columns_of(name, member.read(_HEAD_BYTES))
    if not found and any(".gpkg" in name or ".gdb" in name for name in names):
        with _unpacked(path) as files:
            for file in files:
                found |= _asked(file)
    return found


def _columns_of(name: str, head: bytes) -> dict[str, tuple[str, ...]]:
    """Read columns from the head of a .dbf or GeoJSON."""
    file = PurePosixPath(name)
    is_dbf = file.suffix.lower() in {".dbf", ".shp"}
    return {file.stem: _dbf_columns(head) if is_dbf else _json_columns(head)}


def _dbf_columns(head: bytes) -> tuple[str, ...]:
    """Read the column names of a dBase header."""
    names = []
    for start in range(_DBF_FIELD_BYTES, len(head), _DBF_FIELD_BYTES):
        if head[start : start + 1] in {_DBF_FIELDS_END, b""}:
            break
        raw = head[start : start + _DBF_NAME_BYTES].split(b"\0")[0]
        names.append(raw.decode("ascii", errors="replace"))
    return tuple(names)


def _json_columns(head: bytes) -> tuple[str, ...]:
    """Read the property names of the first feature."""
    text = head.decode("utf-8", errors="replace")
    match = _JSON_PROPERTIES.search(text, max(text.find('"features"'), 0))
    if match is None or '"Feature"' not in text:
        return ()
    found, _ = json.JSONDecoder().raw_decode(text, match.end())
    return tuple(found) if isinstance(found, dict) else ()


def _asked(path: Path) -> dict[str, tuple[str, ...]]:
    """Ask the driver for columns."""
    if path.suffix.lower() not in _MAIN_SUFFIXES:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            name: tuple(pyogrio.read_info(path, layer=name)["fields"]) for name in _layers(path)
        }


@contextmanager
def _unpacked(path: Path) -> Iterator[list[Path]]:
    """Give the files to open: the file itself, or a zip's members in a folder that vanishes."""
    if path.is_dir() or not zipfile.is_zipfile(path):
        if not path.is_dir() and path.stat().st_size == 0:
            raise DataSourceError("it is empty")
        yield [path]
        return
    with tempfile.TemporaryDirectory(prefix="goldenhour-") as folder, zipfile.ZipFile(path) as zip_:
        members = [m for m in zip_.infolist() if "__MACOSX" not in m.filename]
        if sum(member.file_size for member in members) > _MOST_UNPACKED_BYTES:
            raise DataSourceError("it unpacks to more than 4 GB")
        zip_.extractall(folder, members=members)
        yield _main_files(Path(folder))


def _main_files(folder: Path) -> list[Path]:
    """Pick one form of a package that is delivered in several: GeoPackage, else shapefile ..."""
    for suffix in _MAIN_SUFFIXES:
        if found := sorted(folder.rglob(f"*{suffix}")):
            tables = {file.with_suffix("") for file in found}
            loose = [f for f in sorted(folder.rglob("*.dbf")) if f.with_suffix("") not in tables]
            return found + (loose if suffix == ".shp" else [])
    return []


def _layers(file: Path) -> list[str]:
    """List the tables of one file."""
    if file.suffix.lower() in {".shp", ".dbf", ".geojson", ".json"}:
        return [file.stem]
    return [str(name) for name, _ in pyogrio.list_layers(file)]


def _rows(file: Path, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Read one table, and what its driver said; without a code page UTF-8 is tried first."""
    layer = name if file.suffix.lower() in {".gpkg", ".gdb"} else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if file.suffix.lower() in {".shp", ".dbf"} and not _has_code_page(file):
            try:
                rows = pyogrio.read_dataframe(file, encoding="UTF-8")
            except UnicodeDecodeError:
                rows = pyogrio.read_dataframe(file, encoding="ISO-8859-1")
                warnings.warn("It names no code page; its text was read as Latin-1.", stacklevel=1)
        else:
            rows = pyogrio.read_dataframe(file, layer=layer)
    return rows, [str(entry.message) for entry in caught]


def _has_code_page(file: Path) -> bool:
    """Say if a shapefile states its encoding in a file beside it."""
    return any(file.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG"))


def _in_degrees(rows: pd.DataFrame, path: Path, name: str) -> pd.DataFrame:
    """Convert places to EPSG:4326."""
    if not isinstance(rows, gpd.GeoDataFrame):
        return rows
    if rows.crs is None:
        raise WrongCrsError(
            "It names no coordinate system.",
            where=f"{path.name}, {name}",
            do="Ask its sender for the .prj file, or set the system with a GIS.",
        )
    in_degrees: pd.DataFrame = rows.to_crs(WGS84)
    return in_degrees


def _complaint(path: Path, name: str, text: str) -> Finding:
    """Pass on what a driver said."""
    return Finding(
        code="driver-complaint",
        layer=f"{path.name}, {name}",
        what=text,
        done="The table was read nevertheless.",
        severity=Severity.NOTE,
    )


def _unreadable(path: Path, error: BaseException) -> UnreadableFileError:
    """Say that a file cannot be opened."""
    return UnreadableFileError(
        f"It cannot be read: {error}.",
        where=path.name,
        do="Check that it was copied or downloaded completely, and that it is what its name says.",
    )
