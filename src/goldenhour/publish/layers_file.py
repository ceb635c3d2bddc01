# SPDX-License-Identifier: Apache-2.0
"""Layers and tables in one GeoPackage, the same bytes every time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from goldenhour.base.errors import StoreError
from goldenhour.publish.atomic import whole_file

NO_GEOMETRY = "None"
Layers = Mapping[str, tuple[pd.DataFrame, str]]
"""Tables by name, each with the type of its shapes."""


def write_layers(path: Path, layers: Layers, *, written_at: datetime) -> None:
    """
    Write layers as a GeoPackage, whole or not at all.

    Parameters
    ----------
    path
        Where the file shall be.
    layers
        Tables by name, each with the type of its shapes.
    written_at
        The moment that stands in the file, aware UTC.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    with _gdal_failures(path), whole_file(path) as hidden, _written_at(written_at):
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
