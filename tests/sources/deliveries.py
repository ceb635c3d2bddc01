# SPDX-License-Identifier: Apache-2.0
"""Small files as agencies deliver them, built for tests: every quirk, no real place."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base.findings import Finding

Features = Sequence[tuple[Mapping[str, Any], BaseGeometry | None]]
NOW = datetime(2020, 1, 1, tzinfo=UTC)


def codes(findings: Sequence[Finding]) -> list[str]:
    """List the codes of findings."""
    return [finding.code for finding in findings]


def geojson(path: Path, features: Features) -> Path:
    """Write a GeoJSON with a crs entry in front, as GIS programs do."""
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "features": [
            {
                "type": "Feature",
                "properties": dict(properties),
                "geometry": None if shape is None else shapely.geometry.mapping(shape),
            }
            for properties, shape in features
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def table(
    rows: Sequence[tuple[Mapping[str, Any], BaseGeometry]], crs: str = "EPSG:4326"
) -> gpd.GeoDataFrame:
    """Put rows with shapes together, EPSG:4326 unless named otherwise."""
    return gpd.GeoDataFrame(
        pd.DataFrame([dict(properties) for properties, _ in rows]),
        geometry=[shape for _, shape in rows],
        crs=crs,
    )


def zipped(
    path: Path,
    tables: Mapping[str, gpd.GeoDataFrame | pd.DataFrame],
    *,
    junk: bytes = b"",
    without: Sequence[str] = (),
) -> Path:
    """Write tables as shapefiles into a zip, with bytes in front of it, or members left out."""
    folder = path.with_suffix("")
    folder.mkdir()
    for name, rows in tables.items():
        suffix = ".shp" if isinstance(rows, gpd.GeoDataFrame) else ".dbf"
        pyogrio.write_dataframe(rows, folder / f"{name}{suffix}", driver="ESRI Shapefile")
    with zipfile.ZipFile(path, "w") as package:
        for file in sorted(folder.iterdir()):
            if file.suffix not in without:
                package.write(file, file.name)
        package.writestr("__MACOSX/._junk.shp", b"not a shapefile")
    path.write_bytes(junk + path.read_bytes())
    return path
