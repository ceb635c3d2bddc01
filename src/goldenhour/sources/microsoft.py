# SPDX-License-Identifier: Apache-2.0
"""
Microsoft's building damage files: outlines with the share of each that a model calls damaged.

A share says how much of a roof is marked, not how badly; hidden pixels (cloud, smoke) stay in its
denominator, so a share is always read beside ``unknown_pct``. The reports' code is both, such as
``0.37 unknown 0.2``; ``?`` where the file does not say how much was hidden.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from goldenhour.base.errors import MissingColumnError
from goldenhour.sources import graded_outlines
from goldenhour.sources.column_names import column_names
from goldenhour.sources.column_words import find_column
from goldenhour.sources.graded_outlines import Outlines, Product
from goldenhour.sources.handwriting import clean, decimal
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.vector_open import ShapeTable, open_tables
from goldenhour.town.layers import LayerKind

NAME = "microsoft"
LABEL = "Microsoft building damage outlines (GeoPackage, GeoParquet, GeoJSON, shapefile, zip)"

ATTRIBUTION = "Microsoft AI for Good Lab; outlines Overture Maps Foundation"
# Second names are what shapefiles leave of them.
_SHARE = ("damage_pct_0m", "damage_pct")
_HIDDEN = ("unknown_pct", "unknown_pc")
_DAMAGED = ("damaged",)
_AROUND = ("damage_pct_10m", "damage_p_1")
_EDITED = ("edited_class", "edited_cla")
_IDS = ("overture_id", "overture_i", "id")
_EDITED_WORDS = {"damaged": "damaged", "notdamaged": "not damaged", "unknown": "unknown"}
_YES = {"1": "damaged", "1.0": "damaged", "true": "damaged"}


def recognises(path: Path) -> bool:
    """
    Say if a table has a damaged share beside a hidden share or a damaged flag.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return any(map(_is_ours, column_names(path).values()))


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read outlines with damaged shares.

    Parameters
    ----------
    path
        GeoPackage, GeoParquet, FlatGeobuf, GeoJSON, shapefile or a zip of them.
    recorded_at
        The moment of reading, aware UTC.
    want
        The only layer to give; None for all.

    Returns
    -------
    reading
        The outlines as structures, and a report for each share.

    Raises
    ------
    MissingColumnError
        If no table has a damaged share.
    """
    noticed = Noticed(path.name)
    tables, opened = open_tables(path)
    ours = [table for table in tables if find_column(table.rows.columns, _SHARE)]
    if not ours:
        raise MissingColumnError(
            "It has no column 'damage_pct_0m'.",
            where=path.name,
            do="Give the file of predictions, not the outlines it was made from.",
        )
    for table in tables:
        if table not in ours:
            noticed.note("table-not-used", table.name, "Tables without shares were not read.")
    product = Product(
        path=path,
        scale="microsoft",
        format=NAME,
        author="Microsoft AI for Good Lab",
        attribution=ATTRIBUTION,
    )
    made = graded_outlines.reading(
        [_outlines(table, path, noticed) for table in ours],
        product,
        recorded_at=recorded_at,
        want=want,
        noticed=noticed,
    )
    return Reading(layers=made.layers, reports=made.reports, findings=opened + made.findings)


def _is_ours(names: Iterable[str]) -> bool:
    """Say if columns are those of a damage file."""
    kept = tuple(names)
    return bool(find_column(kept, _SHARE) and find_column(kept, (*_HIDDEN, *_DAMAGED, *_AROUND)))


def _outlines(table: ShapeTable, path: Path, noticed: Noticed) -> Outlines:
    """Take a table apart."""
    rows, numbers = graded_outlines.with_places(table.rows, noticed)
    shapes = graded_outlines.flat(np.asarray(rows.geometry.array, dtype=np.object_))
    codes, sensors = _codes(rows, numbers, noticed)
    return Outlines(
        shapes=shapes,
        rows=numbers,
        ids=graded_outlines.ids(rows, _IDS, shapes, prefix="ms"),
        codes=codes,
        sensors=sensors,
        days=graded_outlines.days(
            rows, numbers=numbers, names=(path.stem, table.name), noticed=noticed
        ),
    )


def _codes(
    rows: gpd.GeoDataFrame, numbers: list[int], noticed: Noticed
) -> tuple[list[str], list[str]]:
    """Write the code of each outline, and what stands beside it."""
    shares = _numbers(rows, _SHARE, numbers, noticed)
    hidden = _numbers(rows, _HIDDEN, numbers, noticed)
    if find_column(rows.columns, _HIDDEN) is None:
        noticed.warn(
            "no-hidden-share",
            1,
            "The file does not say how much of each outline was hidden.",
            "Outlines without visible damage count as unknown: they may lie under a cloud.",
        )
    is_flag = _is_yes_or_no(rows, shares)
    if is_flag:
        noticed.warn(
            "share-is-yes-or-no",
            1,
            "The shares are only copies of 'damaged': 0 or 1.",
            "They say that there is damage, not how much.",
        )
    say = _flag if is_flag else _thousandths
    codes = [
        "" if share is None else say(share) + _hidden_words(part)
        for share, part in zip(shares, hidden, strict=True)
    ]
    _notice_strange(shares, hidden, numbers, noticed)
    return _edited(rows, codes)


def _numbers(
    rows: gpd.GeoDataFrame, aliases: tuple[str, ...], numbers: list[int], noticed: Noticed
) -> list[float | None]:
    """Read a column of numbers; None where there is none."""
    column = find_column(rows.columns, aliases)
    if column is None:
        return [None] * len(rows)
    read: list[float | None] = []
    for number, cell in zip(numbers, rows[column].tolist(), strict=True):
        try:
            read.append(decimal(cell))
        except ValueError:
            noticed.warn("not-a-number", number, f"Text where '{column}' has shares.", "Unknown.")
            read.append(None)
    return read


def _thousandths(share: float) -> str:
    """Write a share."""
    return f"{round(share, 3):g}"


def _flag(share: float) -> str:
    """Write a share that is only a flag."""
    return "damaged" if share else "not damaged"


def _hidden_words(hidden: float | None) -> str:
    """Write what was hidden; nothing if nothing was."""
    if hidden is None:
        return " unknown ?"
    return f" unknown {_thousandths(hidden)}" if hidden else ""


def _is_yes_or_no(rows: gpd.GeoDataFrame, shares: list[float | None]) -> bool:
    """Tell a file whose shares only repeat its flag, as Microsoft's labelling tool writes them."""
    flag = find_column(rows.columns, _DAMAGED)
    if flag is None or find_column(rows.columns, _AROUND) or not set(shares) <= {0.0, 1.0, None}:
        return False
    says = [clean(cell).lower() in _YES for cell in rows[flag]]
    return all(bool(share) == said for share, said in zip(shares, says, strict=True))


def _notice_strange(
    shares: list[float | None], hidden: list[float | None], numbers: list[int], noticed: Noticed
) -> None:
    """Notice shares that are no shares."""
    for number, pair in zip(numbers, zip(shares, hidden, strict=True), strict=True):
        if any(value is not None and not 0 <= value <= 1 for value in pair):
            noticed.warn(
                "unknown-damage-class",
                number,
                "A share is not between 0 and 1: perhaps it is in percent.",
                "Kept with its own text; it counts as unknown.",
            )


def _edited(rows: gpd.GeoDataFrame, codes: list[str]) -> tuple[list[str], list[str]]:
    """Let the class that a person gave go before the share, which is kept beside it."""
    column = find_column(rows.columns, _EDITED)
    cells: list[Any] = [None] * len(rows) if column is None else rows[column].tolist()
    words = [cell.strip() if isinstance(cell, str) else "" for cell in cells]  # "Unknown" is said
    found = [
        _EDITED_WORDS.get(word.lower(), word) or code
        for word, code in zip(words, codes, strict=True)
    ]
    beside = [f"model: {code}" if word else "" for word, code in zip(words, codes, strict=True)]
    return found, beside
