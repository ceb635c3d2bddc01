# SPDX-License-Identifier: Apache-2.0
"""Columns of any file → the tables that ``town.layers`` describes, every column present."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goldenhour.base.crs import WGS84
from goldenhour.sources.layer_store import checksum
from goldenhour.town.layers import Layer, LayerKind, LayerSource

OSM_ATTRIBUTION = "© OpenStreetMap contributors"

_UNKNOWN: dict[LayerKind, dict[str, Any]] = {  # what stands where a file has no such column
    LayerKind.STREETS: {
        "highway": None,
        "name": None,
        "name_ar": None,
        "oneway": 0,
        "bridge": False,
        "surface": None,
        "level": 0,
        "maxspeed_kmh": np.nan,
        "u": -1,
        "v": -1,
        "width_m": np.nan,
        "maxweight_t": np.nan,
        "foot": None,
        "ambulance": None,
        "car": None,
        "truck": None,
    },
    LayerKind.STRUCTURES: {"use": None, "name": None, "name_ar": None, "storeys": np.nan},
    LayerKind.PLACES: {"name": None, "name_ar": None, "kind": None, "people": np.nan},
    LayerKind.BARRIERS: {"name": None, "kind": None},
    LayerKind.TURNS: {
        "from_street": None,
        "to_street": None,
        "only": False,
        **dict.fromkeys(("binds_ambulance", "binds_car", "binds_truck"), True),
    },
    LayerKind.GATES: {
        "street": None,
        "kind": None,
        **dict.fromkeys(("foot", "ambulance", "car", "truck")),
    },
}
_TYPES = {
    "oneway": np.int8,
    "level": np.int8,
    "bridge": np.bool_,
    "u": np.int64,
    "v": np.int64,
    "maxspeed_kmh": np.float64,
    "storeys": np.float64,
    "people": np.float64,
    "width_m": np.float64,
    "maxweight_t": np.float64,
    "only": np.bool_,
    "binds_ambulance": np.bool_,
    "binds_car": np.bool_,
    "binds_truck": np.bool_,
}
_ARABIC = "[\u0600-\u06ff]"
_NO_USE = frozenset({"", "yes", "unclassified", "building", "unknown"})


def make_layer(
    kind: LayerKind,
    columns: Mapping[str, Any],
    shapes: NDArray[np.object_],
    *,
    source: LayerSource,
) -> Layer:
    """
    Put a layer together.

    Parameters
    ----------
    kind
        What the rows are.
    columns
        ``id`` and whatever columns of the kind the file has; missing ones become unknown.
    shapes
        shapely shapes, EPSG:4326. Shape ``(n,)``, objects.
    source
        Where the rows come from.

    Returns
    -------
    layer
        With every column of its kind.
    """
    n = len(shapes)
    table: dict[str, Any] = {"id": pd.Series(list(columns["id"]), dtype="str")}
    for name, unknown in _UNKNOWN[kind].items():
        values = columns.get(name, unknown)
        if values is unknown:
            values = [unknown] * n
        table[name] = pd.Series(np.asarray(values, dtype=_TYPES.get(name, np.object_)))
        if name not in _TYPES:
            table[name] = table[name].replace("", None).astype("str")
    if "name_ar" in table:  # a name written in Arabic is an Arabic name
        arabic = table["name"].where(table["name"].str.contains(_ARABIC, na=False))
        table["name_ar"] = table["name_ar"].fillna(arabic)
    frame = gpd.GeoDataFrame(table, geometry=np.asarray(shapes, dtype=np.object_), crs=WGS84)
    return Layer(kind=kind, table=frame, source=source)


def source_of(
    path: Path, format_name: str, *, attribution: str = "", data_date: str = ""
) -> LayerSource:
    """
    Say where a layer comes from.

    Parameters
    ----------
    path
        The file.
    format_name
        The source module's name.
    attribution
        Words a map must show.
    data_date
        Date of the data, ISO.

    Returns
    -------
    source
        With the file's checksum.
    """
    return LayerSource(
        file=path.name,
        sha256=checksum(path),
        format=format_name,
        attribution=attribution,
        data_date=data_date,
    )


def is_arabic(text: str) -> bool:
    """
    Say if a name is written in Arabic.

    Parameters
    ----------
    text
        A name.

    Returns
    -------
    is_arabic
        True if it has an Arabic letter.
    """
    return re.search(_ARABIC, text) is not None


def known_use(use: str | None) -> str | None:
    """
    Turn the map's "a building, no idea which" into unknown.

    Parameters
    ----------
    use
        A file's word, such as ``"school"`` or ``"yes"``.

    Returns
    -------
    use
        Lower case; None where the word says nothing.
    """
    word = (use or "").strip().lower()
    return None if word in _NO_USE else word
