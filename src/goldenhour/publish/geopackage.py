# SPDX-License-Identifier: Apache-2.0
"""The plan as a GeoPackage, for QGIS and for partners' systems. EPSG:4326 throughout."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from goldenhour.base.errors import StoreError
from goldenhour.picture.belief import Picture
from goldenhour.publish import answer_tables, town_tables
from goldenhour.publish.atomic import whole_file
from goldenhour.publish.reach import ReachArea
from goldenhour.siting.plan import Plan
from goldenhour.siting.screening import Screening
from goldenhour.town.town import Town

_NO_GEOMETRY = "None"


def write(
    path: Path,
    *,
    town: Town,
    picture: Picture,
    plan: Plan,
    screening: Screening,
    reach: Sequence[ReachArea],
) -> None:
    """
    Write every layer of a plan, whole or not at all.

    Layers: ``sites``, ``visits``, ``reach``, ``hazards``, ``structures`` (points), ``outlines``,
    ``streets``; tables: ``rules`` (what the rule codes mean) and ``metadata``.

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    picture
        The picture the plan rests on.
    plan
        The plan.
    screening
        The screening it chose from.
    reach
        Areas within reach of each site.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    layers: dict[str, tuple[pd.DataFrame, str]] = {
        "sites": (answer_tables.sites(town, picture, plan), "Point"),
        "visits": (answer_tables.visits(town, plan), "Point"),
        "reach": (answer_tables.reach(town, plan, reach), "MultiPolygon"),
        "hazards": (town_tables.hazards(town, picture), "MultiPolygon"),
        "structures": (town_tables.structures(town, picture, plan, screening), "Point"),
        "outlines": (town_tables.outlines(town, picture), "MultiPolygon"),
        "streets": (town_tables.streets(town, picture), "LineString"),
        "rules": (answer_tables.rules(screening), _NO_GEOMETRY),
        "metadata": (answer_tables.metadata(town, picture, plan), _NO_GEOMETRY),
    }
    with _gdal_failures(path), whole_file(path) as hidden, _written_at(plan.as_of):
        for name, (table, geometry_type) in layers.items():
            _write_layer(hidden, name, table, geometry_type)


def _write_layer(path: Path, name: str, table: pd.DataFrame, geometry_type: str) -> None:
    """Add one layer or table to the file."""
    if not isinstance(table, gpd.GeoDataFrame):
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
        return
    pyogrio.write_dataframe(
        table,
        path,
        layer=name,
        driver="GPKG",
        geometry_type=geometry_type,
        promote_to_multi=geometry_type.startswith("Multi"),
        use_arrow=True,  # half the time on a city
    )


@contextmanager
def _written_at(moment: datetime) -> Iterator[None]:
    """Date the file by the plan's moment, so that the same plan gives the same file."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


@contextmanager
def _gdal_failures(path: Path) -> Iterator[None]:
    """Put what the library says of a full or locked disk into our words."""
    try:
        yield
    except (DataSourceError, DataLayerError) as error:
        raise StoreError(
            f"Writing failed: {error}.",
            where=str(path),
            do="Make room on the disk, or choose a folder that you may write to.",
        ) from error
