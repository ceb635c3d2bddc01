# SPDX-License-Identifier: Apache-2.0
"""Overture Maps buildings (GeoParquet): outlines of several makers, duplicates already resolved."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from pyarrow import ArrowException

from goldenhour.base.errors import EmptyLayerError
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import OSM_ATTRIBUTION, known_use, make_layer, source_of
from goldenhour.sources.vector_open import PARQUET, open_tables
from goldenhour.town.layers import LayerKind

NAME = "overture"
LABEL = "Overture Maps buildings (GeoParquet)"

ATTRIBUTION = "Overture Maps Foundation"
_COLUMNS = frozenset({"id", "bbox", "sources", "names", "geometry"})
_BUILDINGS = frozenset({"height", "num_floors", "has_parts", "facade_material", "roof_shape"})
_ARABIC = "ar"


def recognises(path: Path) -> bool:
    """
    Say if a Parquet file has the columns of Overture's buildings.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    if path.suffix.lower() not in PARQUET:
        return False
    try:
        names = set(pq.read_schema(path).names)
    except (ArrowException, OSError, ValueError):
        return False
    return names >= _COLUMNS and bool(names & _BUILDINGS)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read buildings.

    Parameters
    ----------
    path
        GeoParquet, as Overture's own tool writes it.
    recorded_at
        Not used: maps make no reports.
    want
        Structures, or None.

    Returns
    -------
    reading
        One layer of structures; those under ground are left out and counted.

    Raises
    ------
    EmptyLayerError
        If there are no buildings in it, or something else than structures is wanted.
    """
    del recorded_at
    tables, opened = open_tables(path)
    rows = tables[0].rows.reset_index(drop=True) if tables else None
    if rows is None or not len(rows) or want not in (None, LayerKind.STRUCTURES):
        raise EmptyLayerError(
            f"It holds no {(want or LayerKind.STRUCTURES).value}.",
            where=path.name,
            do="Download the buildings of the town's box.",
        )
    noticed = Noticed(path.name)
    under = rows.get("is_underground", pd.Series(data=False, index=rows.index)).eq(other=True)
    for key in rows.loc[under, "id"]:
        noticed.refuse("under-ground", key, "Buildings under ground.")
    rows = rows[~under].reset_index(drop=True)
    names = rows["names"].tolist()
    uses = zip(_cells(rows, "class"), _cells(rows, "subtype"), strict=True)
    columns: dict[str, Any] = {
        "id": rows["id"].astype(str).tolist(),
        "name": [_primary(entry) for entry in names],
        "name_ar": [_common(entry).get(_ARABIC) for entry in names],
        "use": [known_use(use or kind) for use, kind in uses],
        "storeys": pd.to_numeric(rows.get("num_floors"), errors="coerce"),
    }
    if "num_floors" not in rows:
        del columns["storeys"]
    shapes = np.asarray(rows.geometry.array, dtype=np.object_)
    source = source_of(path, NAME, attribution=_attribution(rows["sources"]))
    layer = make_layer(LayerKind.STRUCTURES, columns, shapes, source=source)
    return Reading(layers=(layer,), findings=(*opened, *noticed.findings()))


def _cells(rows: pd.DataFrame, name: str) -> list[str]:
    """Text of a column; empty where there is none."""
    if name not in rows:
        return [""] * len(rows)
    return [cell if isinstance(cell, str) else "" for cell in rows[name].tolist()]


def _primary(names: object) -> str | None:
    """Take the name on the spot."""
    found = names.get("primary") if isinstance(names, Mapping) else None
    return found if isinstance(found, str) else None


def _common(names: object) -> dict[str, str]:
    """Take the names in other languages: a map, which Parquet gives as pairs."""
    found = names.get("common") if isinstance(names, Mapping) else None
    if isinstance(found, Mapping):
        return {str(key): str(value) for key, value in found.items()}
    pairs = found if isinstance(found, (list, tuple, np.ndarray)) else ()
    return {str(pair[0]): str(pair[1]) for pair in pairs if len(pair) == 2}  # noqa: PLR2004 - a pair


def _attribution(sources: Iterable[object]) -> str:
    """Say whom a map must name: Overture, and those whose outlines these are."""
    datasets: set[str] = set()
    for entries in sources:
        for entry in entries if isinstance(entries, (list, tuple, np.ndarray)) else ():
            if isinstance(entry, Mapping) and isinstance(entry.get("dataset"), str):
                datasets.add(entry["dataset"])
    named = {OSM_ATTRIBUTION if name == "OpenStreetMap" else name for name in datasets}
    return ", ".join([*sorted(named), ATTRIBUTION])
