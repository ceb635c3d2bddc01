# SPDX-License-Identifier: Apache-2.0
"""Lists of camps for displaced people: places of the town. A planned capacity is not people."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import shapely

from goldenhour.base.errors import EmptyLayerError
from goldenhour.sources import csv_rows
from goldenhour.sources.csv_rows import Row
from goldenhour.sources.handwriting import count, decimal
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import make_layer, source_of
from goldenhour.town.layers import LayerKind

NAME = "camps_csv"
LABEL = "List of camps (CSV: ID_CAMP, LOCATION, LATITUDE, LONGITUDE, plancapacity, Individual)"

_COLUMNS = frozenset({"id_camp", "location", "latitude", "longitude"})


def recognises(path: Path) -> bool:
    """
    Say if a CSV has the columns of a camp list.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    return set(csv_rows.header(path)) >= _COLUMNS


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - a list of places is no report
    """
    Read camps.

    Parameters
    ----------
    path
        The CSV.
    recorded_at
        Not used: the list does not say when anybody was counted.
    want
        Places or None.

    Returns
    -------
    reading
        One place per camp; people unknown unless the column of persons tells camps apart.

    Raises
    ------
    EmptyLayerError
        If no camp has coordinates, or another layer is wanted.
    """
    if want not in (None, LayerKind.PLACES):
        raise EmptyLayerError(
            f"A list of camps holds places, no {want}.",
            where=path.name,
            do="Give it with --places, or say --as points_csv.",
        )
    noticed = Noticed(path.name)
    placed: list[tuple[Row, float, float]] = []
    for row in csv_rows.read_rows(path, noticed):
        try:
            lon, lat = decimal(row.get("longitude")), decimal(row.get("latitude"))
        except ValueError as error:
            noticed.refuse("unreadable-row", row.line, f"{error}.")
            continue
        if lon is None or lat is None:
            noticed.refuse("no-place", row.line, "A camp has no coordinates.")
        else:
            placed.append((row, lon, lat))
    if not placed:
        raise EmptyLayerError(
            "No camp in it has coordinates.", where=path.name, do="Fill LATITUDE and LONGITUDE."
        )
    rows = [row for row, _, _ in placed]
    layer = make_layer(
        LayerKind.PLACES,
        {
            "id": _ids(rows),
            "name": [row.get("location") for row in rows],
            "kind": ["camp"] * len(rows),
            "people": _people(rows, path, noticed),
        },
        np.asarray(shapely.points([(lon, lat) for _, lon, lat in placed]), dtype=np.object_),
        source=source_of(path, NAME),
    )
    return Reading(layers=(layer,), findings=noticed.findings())


def _ids(rows: Sequence[Row]) -> list[str]:
    """Name camps by their own id, and by their line where two share one."""
    names = [row.get("id_camp") for row in rows]
    return [
        name if name and names.count(name) == 1 else f"{name or 'camp'}-line-{row.line}"
        for name, row in zip(names, rows, strict=True)
    ]


def _people(rows: Sequence[Row], path: Path, noticed: Noticed) -> list[float]:
    """Read persons, unknown where a cell holds none; one value on every row says nothing."""
    people = []
    for row in rows:
        try:
            persons = count(row.get("individual"))
        except ValueError as error:
            noticed.warn("unreadable-cell", row.line, f"{error}.", "People of it are unknown.")
            persons = None
        people.append(np.nan if persons is None else persons)
    if len(rows) > 1 and len(set(people)) == 1 and not np.isnan(people[0]):
        noticed.warn(
            "same-value-everywhere",
            path.name,
            f"Every camp has {people[0]:g} in the column of persons: a mark, not a count.",
            "People of all camps are unknown; a planned capacity is not people.",
        )
        return [np.nan] * len(rows)
    return people
