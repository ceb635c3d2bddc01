# SPDX-License-Identifier: Apache-2.0
"""Tables of points as people save them: which row is the header, which columns are the place."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goldenhour.base.errors import (
    EmptyLayerError,
    InputError,
    MissingColumnError,
    UnreadableFileError,
)
from goldenhour.base.findings import Finding, Severity
from goldenhour.sources.column_words import find_column
from goldenhour.sources.decoding import OPEN_QUOTE, Decoded, decode, swallows_lines
from goldenhour.sources.handwriting import decimal
from goldenhour.sources.noticing import Noticed

MOST_LON, MOST_LAT = 180.0, 90.0

_LON = ("lon", "long", "longitude", "lng", "x", "point_x", "xcoord", "x_coord")
_LAT = ("lat", "latitude", "y", "point_y", "ycoord", "y_coord")
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS, _HEAD_BYTES = 200, 16_384
_MOSTLY = 0.9
_DECIMAL_COMMA = re.compile(r"\s*-?\d{1,3},\d+\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointTable:
    """
    Cells of a file.

    Parameters
    ----------
    cells
        All cells as text, columns named.
    lines
        The file's line number of each row. Shape ``(n,)``.
    lon
        Name of the column of longitudes.
    lat
        Name of the column of latitudes.
    """

    cells: pd.DataFrame
    lines: NDArray[np.int64]
    lon: str
    lat: str


def has_position(path: Path) -> bool:
    """
    Say if a table's first rows show longitudes and latitudes.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    has_position
        False for files that are no tables; never raises.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        text = decode(head).text
        rows, _ = _rows(text if len(head) < _HEAD_BYTES else text[: text.rfind("\n")])
        _position(rows, path)
    except (OSError, InputError, csv.Error):
        return False
    return True


def open_table(path: Path, *, plain_names: Sequence[str]) -> tuple[PointTable, list[Finding]]:
    """
    Read the cells, and find the position among the columns.

    Parameters
    ----------
    path
        A text table.
    plain_names
        What the columns besides the position are if there is no header.

    Returns
    -------
    table, findings
        Every row with as many cells as the widest.

    Raises
    ------
    UnreadableFileError
        If it is no text table.
    MissingColumnError
        If no columns hold longitude and latitude.
    EmptyLayerError
        If it has no rows.
    """
    decoded = decode(path.read_bytes())
    try:
        rows, comments = _rows(decoded.text)
        if rows and swallows_lines(decoded.text, rows[-1][1]):
            raise csv.Error(OPEN_QUOTE)  # noqa: TRY301 - told like the csv module's own errors
    except csv.Error as error:
        raise UnreadableFileError(
            f"The table cannot be read: {error}.",
            where=path.name,
            do="Save it as CSV (UTF-8) and try again.",
        ) from error
    findings = [*_about_text(path, decoded), *_about_comments(path, comments)]
    header, lon, lat = _position(rows, path)
    body = rows if header is None else rows[1:]
    width = max(len(row) for _, row in rows)
    names = _named(header, width) if header else _unnamed(width, {lon, lat}, plain_names)
    names[lon], names[lat] = (names[lon], names[lat]) if header else ("lon", "lat")
    if header is None:
        findings.append(_guessed(path, lon, lat))
    short = [line for line, row in body if len(row) < (width if header is None else len(header))]
    noticed = Noticed(path.name)
    for line in short:
        noticed.warn("short-row", f"line {line}", "Rows with cells missing.", "Read as unknown.")
    padded = [row + [""] * (width - len(row)) for _, row in body]
    table = PointTable(
        cells=pd.DataFrame(padded, columns=names, dtype="str"),
        lines=np.array([line for line, _ in body], dtype=np.int64),
        lon=names[lon],
        lat=names[lat],
    )
    return table, findings + list(noticed.findings())


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """Split text into rows with their line numbers; leading ``#`` lines are comments."""
    if "\0" in text:
        raise csv.Error("it is no text")
    lines = list(io.StringIO(text, newline=""))
    n_comments = 0
    while n_comments < len(lines) and lines[n_comments].lstrip().startswith("#"):
        n_comments += 1
    body = lines[n_comments:]
    sample = "".join(body[:_SAMPLE_ROWS])
    delimiter = max(_DELIMITERS, key=sample.count)
    if ";" in sample and sample.count(";") >= len(body[:_SAMPLE_ROWS]):
        delimiter = ";"  # then commas are decimal commas
    reader = csv.reader(body, delimiter=delimiter)
    rows = [(n_comments + reader.line_num, row) for row in reader if any(map(str.strip, row))]
    return rows, list(range(1, n_comments + 1))


def _position(rows: list[tuple[int, list[str]]], path: Path) -> tuple[list[str] | None, int, int]:
    """Find the header, if there is one, and the columns of longitude and latitude."""
    if not rows:
        raise EmptyLayerError("The table has no rows.", where=path.name, do="Check the file.")
    first = [cell.strip() for _, row in rows[:1] for cell in row]
    lon, lat = find_column(first, _LON), find_column(first, _LAT)
    if lon and lat:
        return first, first.index(lon), first.index(lat)
    sample = [row for _, row in rows[:_SAMPLE_ROWS]]
    numeric = [c for c in range(len(first)) if _looks_like_degrees(sample, c)]
    if len(numeric) >= 2 and not _is_header(sample, numeric[:2]):  # noqa: PLR2004 - lon and lat
        a, b = numeric[:2]
        beyond = any(abs(number(row[b])) > MOST_LAT for row in sample if len(row) > b)
        return (None, b, a) if beyond else (None, a, b)
    raise MissingColumnError(
        f"No columns hold longitude and latitude; the first row is: {', '.join(first[:8])}.",
        where=path.name,
        do="Name two columns 'lon' and 'lat' in the first row.",
    )


def number(cell: str) -> float:
    """
    Read a coordinate, with a decimal point or comma.

    Parameters
    ----------
    cell
        A cell's text.

    Returns
    -------
    value
        NaN if it is no number.
    """
    text = cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell
    try:
        value = decimal(text)
    except ValueError:
        return float("nan")
    return float("nan") if value is None else value


def _looks_like_degrees(sample: list[list[str]], column: int) -> bool:
    """Say if a column holds fractions in the range of degrees."""
    values = np.array([number(row[column]) if len(row) > column else np.nan for row in sample])
    good = np.isfinite(values) & (np.abs(values) <= MOST_LON)
    return bool(good.mean() >= _MOSTLY and (values[good] % 1 != 0).any())


def _is_header(sample: list[list[str]], columns: list[int]) -> bool:
    """Say if the first row has words where the others have degrees."""
    return len(sample) > 1 and any(np.isnan(number(sample[0][c])) for c in columns)


def _named(header: list[str], width: int) -> list[str]:
    """Name all columns after the header, each name once."""
    named = header + [f"column-{c + 1}" for c in range(len(header), width)]
    return [name if name not in named[:c] else f"{name}-{c + 1}" for c, name in enumerate(named)]


def _unnamed(width: int, position: set[int], plain_names: Sequence[str]) -> list[str]:
    """Name columns by their order; a single column besides the position is a name."""
    others = [c for c in range(width) if c not in position]
    plain = plain_names if len(others) > 1 else ("name",)
    names = [f"column-{c + 1}" for c in range(width)]
    for c, name in zip(others, plain, strict=False):
        names[c] = name
    return names


def _about_text(path: Path, decoded: Decoded) -> tuple[Finding, ...]:
    """Say that the encoding is a guess."""
    if not decoded.is_guess:
        return ()
    found = Finding(
        code="encoding-guessed",
        layer=path.name,
        what=f"The text is not UTF-8; it was read as {decoded.encoding}.",
        done="Check that names look right.",
    )
    return (found,)


def _about_comments(path: Path, comments: list[int]) -> tuple[Finding, ...]:
    """Say that comment lines were passed over."""
    if not comments:
        return ()
    found = Finding(
        code="comment-lines",
        layer=path.name,
        what=f"{len(comments)} lines at the start are comments.",
        done="Passed over.",
        severity=Severity.NOTE,
        n_rows=len(comments),
        rows=tuple(f"line {line}" for line in comments[:5]),
    )
    return (found,)


def _guessed(path: Path, lon: int, lat: int) -> Finding:
    """Say which columns were taken for the position."""
    return Finding(
        code="no-header",
        layer=path.name,
        what=f"There is no header: column {lon + 1} was read as longitude, column {lat + 1} as "
        "latitude.",
        done="If that is wrong, add a first row such as 'lat,lon,type,name'.",
        severity=Severity.NOTE,
    )
