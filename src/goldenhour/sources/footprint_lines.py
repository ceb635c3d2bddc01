# SPDX-License-Identifier: Apache-2.0
"""
Footprints as lines of GeoJSON, one a line: Microsoft's country and global building footprints.

Microsoft's global files are such lines, packed, under the name ``.csv.gz``. A model drew them from
imagery of unlike years: an outline says that something stood there once.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.errors import EmptyLayerError
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.outline_ids import ids_by_place
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import make_layer, source_of
from goldenhour.town.layers import LayerKind

NAME = "footprint_lines"
LABEL = "Footprints as lines of GeoJSON (Microsoft: .geojsonl, .csv.gz)"

_SUFFIXES = (".geojsonl", ".geojsonseq", ".geojsons", ".csv", ".txt")
_PACKED = ".gz"
_MARKS = (b'"Feature"', b'"Polygon"')
_HEAD_BYTES, _LINES, _LONGEST = 65_536, 100_000, 4_000_000
_SEPARATOR = "\x1e"  # in front of each line of a GeoJSON text sequence, RFC 8142
_MOST_LON_LAT = (180.0, 90.0)


def recognises(path: Path) -> bool:
    """
    Say if the first line of a file is a feature with an outline.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not suffixes or (suffixes[-1] != _PACKED and suffixes[-1] not in _SUFFIXES):
        return False
    try:
        with _opened(path) as file:
            first = file.read(_HEAD_BYTES).split(b"\n", 1)[0].lstrip(b"\xef\xbb\xbf\x1e ")
    except (OSError, EOFError, zlib.error):
        return False
    return first.startswith(b"{") and any(mark in first.replace(b" ", b"") for mark in _MARKS)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read footprints.

    Parameters
    ----------
    path
        Lines of GeoJSON, packed or not.
    recorded_at
        Not used: maps make no reports.
    want
        Structures, or None.

    Returns
    -------
    reading
        The outlines as structures; lines that are none are named.

    Raises
    ------
    EmptyLayerError
        If no line holds an outline, or something else than structures is wanted.
    """
    del recorded_at
    noticed = Noticed(path.name)
    parts = list(_outlines(path, noticed)) if want in (None, LayerKind.STRUCTURES) else []
    shapes = np.concatenate([np.zeros(0, dtype=np.object_), *parts])
    if not len(shapes):
        raise EmptyLayerError(
            f"It holds no {(want or LayerKind.STRUCTURES).value}.",
            where=path.name,
            do="Give a file whose lines are GeoJSON features, such as Microsoft's footprints.",
        )
    noticed.note(
        "footprints-of-unlike-years",
        path.name,
        "A model drew these outlines from imagery of unlike years.",
        "What was destroyed, or built, since then is not in them.",
    )
    noticed.warn(
        "attribution-unknown",
        path.name,
        "The file does not say whom a map must name as its source.",
        "Say it with --attribution; Microsoft's footprints are under the ODbL.",
    )
    source = source_of(path, NAME)
    columns = {"id": ids_by_place(shapes, "footprint")}
    layer = make_layer(LayerKind.STRUCTURES, columns, shapes, source=source)
    return Reading(layers=(layer,), findings=noticed.findings())


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacking on the way."""
    with path.open("rb") if path.suffix.lower() != _PACKED else gzip.open(path, "rb") as file:
        yield file  # type: ignore[misc]  # both give bytes


def _outlines(path: Path, noticed: Noticed) -> Iterator[NDArray[np.object_]]:
    """Give the outlines, so many lines at a time."""
    with _opened(path) as file:
        first = 1
        lines_of = iter(lambda: file.readline(_LONGEST), b"")
        while lines := list(islice(lines_of, _LINES)):
            texts = [line.decode("utf-8-sig", errors="replace").strip() for line in lines]
            yield _usable([text.lstrip(_SEPARATOR) for text in texts], first, noticed)
            first += len(lines)


def _usable(texts: list[str], first: int, noticed: Noticed) -> NDArray[np.object_]:
    """Keep what is an outline on earth, and name the other lines."""
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    is_area = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - an area
    bounds = np.abs(shapely.bounds(shapes)).reshape(-1, 2, 2)
    with np.errstate(invalid="ignore"):
        on_earth = (bounds <= _MOST_LON_LAT).all(axis=(1, 2))
    for at in np.flatnonzero(~(is_area & on_earth)).tolist():
        if texts[at]:
            code = "impossible-position" if is_area[at] else "not-an-outline"
            what = "Outlines that are not on earth." if is_area[at] else "Lines without an outline."
            noticed.refuse(code, f"line {first + at}", what)
    kept: NDArray[np.object_] = shapes[is_area & on_earth]
    return kept
