# SPDX-License-Identifier: Apache-2.0
"""Rows of a CSV file as people export them: any common separator, encoding, comment lines first."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from goldenhour.base.errors import UnreadableFileError
from goldenhour.sources.decoding import OPEN_QUOTE, Decoded, decode, swallows_lines
from goldenhour.sources.noticing import Noticed

_SEPARATORS = ",;\t|"
_HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One row.

    Parameters
    ----------
    line
        Its line in the file, from 1.
    cells
        By column name (lower case, spaces as underscores), without blanks around.
    """

    line: int
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Take the first of several columns that holds something."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


def header(path: Path) -> tuple[str, ...]:
    """
    Read the column names from the first bytes.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    names
        Lower case, spaces as underscores; empty if it is no text. Never raises.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        lines = _lines(_decoded(head.rsplit(b"\n", 1)[0]).text)
        return tuple(map(_name, lines[0][1])) if lines else ()
    except (OSError, ValueError, csv.Error):
        return ()


def read_rows(path: Path, noticed: Noticed, *, names: tuple[str, ...] | None = None) -> list[Row]:
    """
    Read all rows.

    Parameters
    ----------
    path
        The file.
    noticed
        Where findings go: guessed encodings, rows too long or too short.
    names
        Column names of a file without a header line.

    Returns
    -------
    rows
        Blank lines left out.

    Raises
    ------
    UnreadableFileError
        If it is empty, no text, or cannot be taken apart.
    """
    try:
        content = path.read_bytes()
        decoded = _decoded(content)
        lines = _lines(decoded.text)
        if lines and swallows_lines(decoded.text, lines[-1][1]):
            raise csv.Error(OPEN_QUOTE)  # noqa: TRY301 - told like the csv module's own errors
    except (OSError, ValueError, csv.Error) as error:
        raise _unreadable(path, str(error)) from error
    if not lines:
        raise _unreadable(path, "it is empty")
    if decoded.is_guess:
        noticed.warn(
            "encoding-guessed",
            1,
            f"It is not UTF-8; it was read as {decoded.encoding}.",
            "Check names.",
        )
    columns = names or tuple(map(_name, lines.pop(0)[1]))
    rows = []
    for line, cells in lines:
        if len(cells) > len(columns):
            noticed.refuse("too-many-cells", line, "A row has more cells than the header.")
            continue
        if len(cells) < len(columns):
            noticed.warn("too-few-cells", line, "A row ends early.", "What is missing is unknown.")
        rows.append(Row(line=line, cells=dict(zip(columns, map(str.strip, cells), strict=False))))
    return rows


def _name(cell: str) -> str:
    """Write a column name the way we look for it."""
    return "_".join(cell.strip().lower().split())


def _decoded(content: bytes) -> Decoded:
    """Decode text; refuse what is none."""
    decoded = decode(content)
    if "\0" in decoded.text:
        raise ValueError("it is no text")
    return decoded


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Take text apart into numbered lines of cells, without blank lines and first comments."""
    n_comments = 0
    kept = text.splitlines(keepends=True)
    while n_comments < len(kept) and kept[n_comments].lstrip().startswith("#"):
        n_comments += 1
    body = kept[n_comments:]
    first = next((line for line in body if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO("".join(body), newline=""), delimiter=separator)
    return [
        (reader.line_num + n_comments, cells)
        for cells in reader
        if any(cell.strip() for cell in cells)
    ]


def _unreadable(path: Path, why: str) -> UnreadableFileError:
    """Say that a table cannot be read."""
    return UnreadableFileError(
        f"It cannot be read as a table: {why}.",
        where=path.name,
        do="Save it as CSV (UTF-8) again.",
    )
