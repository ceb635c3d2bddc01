# SPDX-License-Identifier: Apache-2.0
"""Layers for tests, from a few shapes."""

from collections.abc import Sequence

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from goldenhour.town.layers import Layer, LayerKind, LayerSource


def layer(
    of: LayerKind, shapes: Sequence[BaseGeometry | None], *, file: str = "", **columns: object
) -> Layer:
    """Make a layer near Al Qaim; rows are called 0, 1, 2 … unless ``id`` is given."""
    ids = [str(number) for number in range(len(shapes))]
    table = gpd.GeoDataFrame({"id": ids} | columns, geometry=list(shapes), crs="EPSG:4326")
    source = LayerSource(file=file or of.value, sha256="0" * 64, format="test")
    return Layer(kind=of, table=table, source=source)
