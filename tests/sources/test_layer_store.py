# SPDX-License-Identifier: Apache-2.0
"""A workspace's layers come back as they went in, or not at all."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import LineString, Point

from goldenhour.base.errors import StoreError, UnreadableFileError
from goldenhour.sources import layer_store
from goldenhour.sources.shaping import make_layer
from goldenhour.town.layers import Layer, LayerKind, LayerSource
from tests.layers import layer

SOURCE = LayerSource(
    file="a.osm.pbf",
    sha256="ab" * 32,
    format="osm_pbf",
    attribution="© OpenStreetMap contributors",
    data_date="2017-11-04",
    exercise=True,
)


@pytest.fixture
def streets() -> Layer:
    """Give one street with every column."""
    line = LineString([(41.0, 34.0), (41.001, 34.0)])
    columns = {"id": ["w/1"], "name_ar": ["شارع"], "u": [2**62], "v": [5], "oneway": [-1]}
    return make_layer(LayerKind.STREETS, columns, gpd.GeoSeries([line]).to_numpy(), source=SOURCE)


def test_a_layer_comes_back_as_it_went_in(streets: Layer, tmp_path: Path) -> None:
    """Kind, rows, large ids, Arabic and every word about the source survive."""
    path = tmp_path / "streets.parquet"
    layer_store.save(streets, path)
    again = layer_store.load(path)
    assert (again.kind, again.source) == (LayerKind.STREETS, SOURCE)
    assert_geodataframe_equal(again.table, streets.table)
    assert [file.name for file in tmp_path.iterdir()] == ["streets.parquet"]


def test_a_layer_without_rows_comes_back(tmp_path: Path) -> None:
    """An empty layer is saved and loaded too."""
    empty = layer(LayerKind.BARRIERS, [], name=[])
    layer_store.save(empty, tmp_path / "b.parquet")
    assert len(layer_store.load(tmp_path / "b.parquet").table) == 0


def test_a_failed_save_leaves_the_old_file(streets: Layer, tmp_path: Path) -> None:
    """If writing stops half-way, the old file is still whole, and nothing else is left."""
    path = tmp_path / "streets.parquet"
    layer_store.save(streets, path)
    before = layer_store.checksum(path)
    broken = streets.table.assign(id=pd.Series([object()], dtype=object))
    with pytest.raises(Exception, match="object"):
        layer_store.save(replace(streets, table=broken), path)
    assert layer_store.checksum(path) == before
    assert [file.name for file in tmp_path.iterdir()] == ["streets.parquet"]


def test_a_folder_that_is_not_there_is_said(streets: Layer, tmp_path: Path) -> None:
    """Saving where there is no folder is an error with advice, not a traceback."""
    with pytest.raises(StoreError):
        layer_store.save(streets, tmp_path / "no" / "streets.parquet")


@pytest.mark.parametrize("what", ["cut", "junk", "foreign", "missing"])
def test_a_damaged_layer_is_refused(what: str, streets: Layer, tmp_path: Path) -> None:
    """A cut file, junk, somebody else's parquet, no file: each is refused by name."""
    path = tmp_path / "streets.parquet"
    if what != "missing":
        layer_store.save(streets, path)
    if what == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    elif what == "junk":
        path.write_bytes(b"hello")
    elif what == "foreign":
        gpd.GeoDataFrame(geometry=[Point(1, 2)], crs="EPSG:4326").to_parquet(path)
    with pytest.raises(UnreadableFileError) as error:
        layer_store.load(path)
    assert "streets.parquet" in error.value.where


def test_a_checksum_is_sha256(tmp_path: Path) -> None:
    """The checksum of an empty file is the known one."""
    (tmp_path / "empty").touch()
    assert layer_store.checksum(tmp_path / "empty").startswith("e3b0c44298fc1c14")
