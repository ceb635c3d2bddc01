# SPDX-License-Identifier: Apache-2.0
"""The names that files give to our columns, and their cells as our values."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goldenhour.sources.handwriting import count, is_blank
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.osm_tags import level, maxspeed_kmh
from goldenhour.sources.shaping import known_use
from goldenhour.town.layers import LayerKind

_NAME = (
    "name",
    "name_en",
    "name:en",
    "nameen",
    "eng_name",
    "english",
    "label",
    "title",
    "facility_n",
    "facility",
)
_NAME_AR = ("name_ar", "name:ar", "name_a", "namear", "name_arabic", "arabic", "ar_name", "arname")

ALIASES: Mapping[LayerKind, Mapping[str, tuple[str, ...]]] = {
    LayerKind.STREETS: {
        "highway": ("highway", "fclass", "road_type", "roadclass", "rd_class", "class", "type"),
        "name": (*_NAME, "street", "street_name", "road_name"),
        "name_ar": _NAME_AR,
        "oneway": ("oneway", "one_way"),
        "bridge": ("bridge", "is_bridge"),
        "surface": ("surface", "paved"),
        "level": ("level", "layer", "z_order"),
        "maxspeed_kmh": ("maxspeed_kmh", "maxspeed", "max_speed", "speed_kph", "speed"),
        "u": ("u", "from_node", "source", "start_node"),
        "v": ("v", "to_node", "target", "end_node"),
    },
    LayerKind.STRUCTURES: {
        "use": ("use", "building", "amenity", "fclass", "type", "occupancy", "category", "class"),
        "name": _NAME,
        "name_ar": _NAME_AR,
        "storeys": ("storeys", "stories", "building:levels", "levels", "floors", "num_floors"),
    },
    LayerKind.PLACES: {
        "name": (*_NAME, "place_name", "neighbourhood", "neighborhood"),
        "name_ar": _NAME_AR,
        "kind": ("kind", "place", "fclass", "type", "class"),
        "people": ("people", "population", "pop", "persons", "individuals"),
    },
    LayerKind.BARRIERS: {
        "name": _NAME,
        "kind": ("kind", "waterway", "natural", "fclass", "barrier", "type", "class"),
    },
}
_ID = ("id", "osm_id", "osmid", "@id", "full_id", "edge_id", "fid", "objectid", "gid", "uid")
_ALONG, _AGAINST = {"yes", "true", "1", "1.0", "f", "ft"}, {"-1", "-1.0", "reverse", "t", "tf"}
_NO = frozenset({"", "no", "false", "0", "0.0", "f", "n"})
_OF_LIST = re.compile(r"\[\s*['\"]?([^'\",\]]*)")  # some programs write lists of merged streets


def find_column(names: Iterable[str], aliases: Iterable[str]) -> str | None:
    """
    Find the column that a file uses for one of ours.

    Parameters
    ----------
    names
        The file's column names.
    aliases
        What it may be called, best first; case does not matter.

    Returns
    -------
    name
        The file's own name for it; None if it has none.
    """
    by_word = {str(name).strip().lower(): str(name) for name in names}
    return next((by_word[alias] for alias in aliases if alias in by_word), None)


def our_columns(table: pd.DataFrame, kind: LayerKind, noticed: Noticed) -> dict[str, Any]:
    """
    Translate a table's columns.

    Parameters
    ----------
    table
        Rows of any file.
    kind
        What they are.
    noticed
        Told of cells that cannot be read.

    Returns
    -------
    columns
        Our names, only those that the file has, and always ``id``.
    """
    columns: dict[str, Any] = {}
    for ours, aliases in ALIASES[kind].items():
        if theirs := find_column(table.columns, aliases):
            columns[ours] = _cells(ours, table[theirs], noticed)
    if kind is LayerKind.STREETS and not {"u", "v"} <= columns.keys():
        columns = {name: cells for name, cells in columns.items() if name not in {"u", "v"}}
    if kind is LayerKind.STRUCTURES:
        columns["use"] = _uses(table)
    ids = row_ids(table)
    if ids[:1] == ["row-1"] and (theirs := find_column(table.columns, _ID)):
        noticed.note(
            "ids-not-used", 1, f"Column '{theirs}' has empty or repeated ids.", "Row numbers serve."
        )
    return columns | {"id": ids}


def row_ids(table: pd.DataFrame) -> list[str]:
    """
    Give each row an id that stays the same when the file is exported again, if it has one.

    Parameters
    ----------
    table
        Rows of any file.

    Returns
    -------
    ids
        The file's id column if it is complete and unique, else its two nodes and key, else the row
        number.
    """
    choices = [[name] for alias in _ID if (name := find_column(table.columns, [alias]))]
    nodes = [find_column(table.columns, [part]) for part in ("u", "v", "key")]
    choices.append([name for name in nodes if name] if nodes[0] and nodes[1] else [])
    for names in choices:
        if names and not table[names].isna().any(axis=None):
            parts = [_words(table[name]) for name in names]
            ids = ["-".join(words) for words in zip(*parts, strict=True)]
            if len(set(ids)) == len(ids):
                return ids
    return [f"row-{number}" for number in range(1, len(table) + 1)]


def _words(cells: "pd.Series[Any]") -> list[str]:
    """Write cells as text, whole numbers without a fraction."""
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    return [str(cell) for cell in cells]


def _cells(ours: str, cells: "pd.Series[Any]", noticed: Noticed) -> Sequence[object]:
    """Translate one column."""
    if ours in {"u", "v"}:
        return list(_node_ids(cells))
    if ours in {"people", "storeys"}:
        return list(_counts(cells, noticed, column=str(cells.name)))
    texts = ("" if is_blank(cell) else str(cell).strip() for cell in cells)
    read = _READERS.get(ours, str)
    return [read(text) for text in texts]


def _node_ids(cells: "pd.Series[Any]") -> NDArray[np.int64]:
    """Read node ids; -1 where a row has none."""
    if pd.api.types.is_integer_dtype(cells):
        return np.asarray(cells.fillna(-1), dtype=np.int64)
    numbers = pd.to_numeric(cells, errors="coerce")
    return np.asarray(numbers.fillna(-1), dtype=np.int64)


def _counts(cells: "pd.Series[Any]", noticed: Noticed, *, column: str) -> NDArray[np.float64]:
    """Read how many; NaN where unknown, and where the cell is no number."""
    out = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            value = count(cell)
        except ValueError:
            noticed.warn(
                "not-a-number", i + 1, f"Text where column '{column}' has numbers.", "Unknown."
            )
        else:
            out[i] = np.nan if value is None else value
    return out


def _direction(word: str) -> int:
    """Read a one-way cell."""
    return 1 if word in _ALONG else -1 if word in _AGAINST else 0


def _speed_kmh(text: str) -> float:
    """Read a speed in km/h; some files write 0 for unknown."""
    speed_kmh = maxspeed_kmh(text)
    return speed_kmh if speed_kmh > 0 else float("nan")


def _first_of_list(text: str) -> str:
    """Take the first word of a list that was written as text."""
    match = _OF_LIST.match(text)
    return match[1] if match else text


def _uses(table: pd.DataFrame) -> list[str | None]:
    """Read uses from every column that may tell, the more telling first."""
    order = ("use", "amenity", "healthcare", *ALIASES[LayerKind.STRUCTURES]["use"])
    found = dict.fromkeys(name for alias in order if (name := find_column(table.columns, [alias])))
    uses: list[str | None] = [None] * len(table)
    for name in found:
        for i, cell in enumerate(table[name]):
            if uses[i] is None and not is_blank(cell):
                uses[i] = known_use(str(cell))
    return uses


_READERS: Mapping[str, Callable[[str], object]] = {
    "oneway": lambda text: _direction(text.lower()),
    "bridge": lambda text: text.lower() not in _NO,
    "level": lambda text: level(text.removesuffix(".0")),
    "maxspeed_kmh": _speed_kmh,
    "highway": _first_of_list,
}
