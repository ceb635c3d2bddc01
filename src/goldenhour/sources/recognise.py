# SPDX-License-Identifier: Apache-2.0
"""Any file from outside → the source module that understands it. The one door of this room."""

import csv
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import osmium
import shapely
from pyarrow import ArrowException

from goldenhour.base.errors import GoldenHourError, UnknownFormatError, UnreadableFileError
from goldenhour.sources import (
    acled,
    camps_csv,
    copernicus_ems,
    dtm,
    footprint_lines,
    hazard_areas,
    incidents_csv,
    messages_csv,
    microsoft,
    osm_pbf,
    overture,
    people_csv,
    points_csv,
    reports_file,
    strikes,
    ucdp,
    unosat,
    vector_file,
    xbd,
)
from goldenhour.sources.reading import Reading, SourceModule
from goldenhour.town.layers import LayerKind

# What readers of other people throw on broken files, beside what our modules catch themselves.
# TypeError and AttributeError are not among them: those would be our own mistakes.
_BROKEN_FILE = (
    OSError,  # cannot be opened, read errors, wrong gzip
    EOFError,  # cut archives
    ValueError,  # text that is no number, wrong encoding, pyarrow.ArrowInvalid, json
    RuntimeError,  # osmium; pyogrio.DataSourceError, DataLayerError; pyproj.ProjError
    LookupError,  # cut FlatGeobuf (IndexError), missing members (KeyError)
    ArithmeticError,  # numbers too large for their type
    MemoryError,  # a damaged length field
    ArrowException,
    csv.Error,
    osmium.InvalidLocationError,
    shapely.errors.ShapelyError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)

# Those that look for their own marks come first, those that take anything of a kind last.
_FORMATS: tuple[SourceModule, ...] = (
    unosat,
    copernicus_ems,
    microsoft,
    xbd,
    strikes,
    ucdp,
    acled,
    dtm,
    camps_csv,
    people_csv,
    messages_csv,
    incidents_csv,
    hazard_areas,
    reports_file,
    footprint_lines,
    overture,
    osm_pbf,
    points_csv,
    vector_file,
)
_SAVE = (
    "Give an OpenStreetMap extract, GeoPackage, GeoParquet, GeoJSON or shapefile; points may be "
    "CSV (UTF-8) with columns lon and lat."
)
_WITH_LAYERS: tuple[SourceModule, ...] = (
    copernicus_ems,
    microsoft,
    xbd,
    camps_csv,
    footprint_lines,
    overture,
    osm_pbf,
    points_csv,
    vector_file,
)


def formats() -> tuple[SourceModule, ...]:
    """
    List the formats that goldenhour understands.

    Returns
    -------
    modules
        In the order in which they are tried.
    """
    return _FORMATS


def read(
    path: Path, *, recorded_at: datetime, as_: str | None = None, want: LayerKind | None = None
) -> Reading:
    """
    Read any file that goldenhour understands.

    Parameters
    ----------
    path
        The file.
    recorded_at
        The moment of reading, aware UTC; it goes into the reports.
    as_
        Name of the format, if a person says it; recognised otherwise.
    want
        The layer that a person wants from it; None for all that it holds. With a layer wanted,
        formats that hold only reports are passed over.

    Returns
    -------
    reading
        Layers, reports, findings.

    Raises
    ------
    UnreadableFileError
        If the file is missing, empty, cut, or a folder.
    UnknownFormatError
        If no format fits, or ``as_`` names none.
    """
    _check_file(path)
    module = _named(as_, path) if as_ else _recognised(path, want)
    try:
        return module.read(path, recorded_at=recorded_at, want=want)
    except GoldenHourError:
        raise
    except _BROKEN_FILE as error:
        raise UnreadableFileError(
            f"It cannot be read as {module.NAME}: {_in_a_line(error)}.",
            where=path.name,
            do="Check that it was copied completely, and that it is what its name says.",
        ) from error


def _check_file(path: Path) -> None:
    """Refuse what is no file with something in it."""
    if path.is_dir() and path.suffix.lower() != ".gdb":  # a geodatabase is a folder
        raise UnreadableFileError(
            "This is a folder.", where=str(path), do="Name a file in it instead."
        )
    if not path.exists():
        raise UnreadableFileError(
            "There is no such file.", where=str(path), do="Check the name and the folder."
        )
    if path.is_file() and path.stat().st_size == 0:
        raise UnreadableFileError(
            "The file is empty.", where=path.name, do="Download or copy it again."
        )


def _named(name: str, path: Path) -> SourceModule:
    """Find a format by its name."""
    for module in formats():
        if name == module.NAME:
            return module
    raise UnknownFormatError(
        f"There is no format '{name}'.",
        where=path.name,
        do=f"Use --as with one of: {_names()}.",
    )


def _recognised(path: Path, want: LayerKind | None) -> SourceModule:
    """Find the first format that recognises a file."""
    for module in formats() if want is None else _WITH_LAYERS:
        if module.recognises(path):
            return module
    wanted = f" that holds {want.value}" if want else ""
    raise UnknownFormatError(
        f"It is of no type known here{wanted}.",
        where=path.name,
        do=f"Understood are {_names()}; say which it is with --as NAME." if want is None else _SAVE,
    )


def _names() -> str:
    """List the names of all formats."""
    return ", ".join(sorted(module.NAME for module in formats()))


def _in_a_line(error: BaseException) -> str:
    """Shorten another program's error to its first line."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
