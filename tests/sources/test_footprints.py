# SPDX-License-Identifier: Apache-2.0
"""Footprints by the thousand: lines of GeoJSON, and Overture's buildings."""

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import EmptyLayerError, GoldenHourError, UnreadableFileError
from goldenhour.sources import footprint_lines, overture, recognise
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind
from tests.sources.deliveries import NOW, codes

BOXES = [shapely.box(41.1 + i / 1000, 34.3, 41.1002 + i / 1000, 34.3002) for i in range(4)]


def lines(*shapes: BaseGeometry) -> str:
    """Microsoft's lines: height and confidence of -1 mean that nobody knows."""
    return "".join(
        json.dumps(
            {
                "type": "Feature",
                "properties": {"height": -1.0, "confidence": -1.0},
                "geometry": mapping(shape),
            }
        )
        + "\n"
        for shape in shapes
    )


def read(path: Path, want: LayerKind | None = None) -> Reading:
    """Read through the one door."""
    return recognise.read(path, recorded_at=NOW, want=want)


@pytest.mark.parametrize("name", ["a.geojsonl", "a.geojsonl.gz", "123300000.csv.gz"])
def test_lines_are_structures(tmp_path: Path, name: str) -> None:
    """Plain or packed, whatever Microsoft calls it: one structure a line, and nothing invented."""
    path, text = tmp_path / name, lines(*BOXES).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    reading = read(path)
    (layer,) = reading.layers
    assert layer.source.format == footprint_lines.NAME
    assert all(shape.equals(box) for shape, box in zip(layer.table.geometry, BOXES, strict=True))
    assert layer.table["id"].is_unique
    assert layer.table["storeys"].isna().all()
    assert {"footprints-of-unlike-years", "attribution-unknown"} <= set(codes(reading.findings))


def test_lines_that_are_no_outlines_are_named(tmp_path: Path) -> None:
    """A cut line, a point, metres for degrees: the others are read, these are named by line."""
    path = tmp_path / "a.geojsonl"
    metres = shapely.box(700_000, 3_800_000, 700_010, 3_800_010)
    path.write_text(
        lines(BOXES[0]) + '{"type":"Fea\n\n' + lines(shapely.Point(41, 34), metres, BOXES[1]),
        encoding="utf-8",
    )
    reading = read(path)
    assert len(reading.layers[0].table) == 2
    found = {finding.code: finding for finding in reading.findings}
    assert found["not-an-outline"].rows == ("line 2", "line 4")
    assert found["impossible-position"].rows == ("line 5",)


def test_a_text_sequence_with_marks_is_read(tmp_path: Path) -> None:
    """A GeoJSON text sequence has a mark in front of each line; a first one may follow a BOM."""
    path = tmp_path / "a.geojsonseq"
    path.write_text(
        "".join("\x1e" + line + "\n" for line in lines(*BOXES).splitlines()), encoding="utf-8-sig"
    )
    assert len(read(path).layers[0].table) == len(BOXES)


def test_cut_packs_and_empty_lines_are_refused(tmp_path: Path) -> None:
    """A pack that ends early is unreadable, not a smaller town; a file of blanks is no layer."""
    path = tmp_path / "a.geojsonl.gz"
    path.write_bytes(gzip.compress(lines(*BOXES * 500).encode())[:-40])
    with pytest.raises(UnreadableFileError):
        recognise.read(path, recorded_at=NOW, as_=footprint_lines.NAME)
    path = tmp_path / "b.geojsonl"
    path.write_text(lines(shapely.LineString([(41, 34), (42, 35)])), encoding="utf-8")
    with pytest.raises(EmptyLayerError):
        recognise.read(path, recorded_at=NOW, as_=footprint_lines.NAME)
    with pytest.raises(EmptyLayerError):
        recognise.read(path, recorded_at=NOW, as_=footprint_lines.NAME, want=LayerKind.STREETS)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 2000), junk=st.binary(max_size=12))
def test_broken_lines_never_end_in_a_traceback(tmp_path: Path, at: int, junk: bytes) -> None:
    """Whatever bytes are put anywhere, the file is read or refused by name."""
    text = lines(*BOXES).encode()
    path = tmp_path / "a.geojsonl"
    path.write_bytes(text[: at % len(text)] + junk + text[at % len(text) :])
    with suppress(GoldenHourError):
        (layer,) = recognise.read(path, recorded_at=NOW, as_=footprint_lines.NAME).layers
        assert len(layer.table) <= len(BOXES) + 1


def overture_file(path: Path, **columns: list[Any]) -> Path:
    """Write buildings as Overture's own tool does."""
    n = len(BOXES)
    bounds = [dict(zip(("xmin", "ymin", "xmax", "ymax"), box.bounds, strict=True)) for box in BOXES]
    made: dict[str, list[Any]] = {
        "id": [f"08b-{i}" for i in range(n)],
        "geometry": list(shapely.to_wkb(BOXES)),
        "bbox": bounds,
        "sources": [[{"property": "", "dataset": "OpenStreetMap", "record_id": "w1@1"}]] * n,
        "names": [{"primary": "مستشفى", "common": [("en", "Hospital")]}, *[None] * (n - 1)],
        "subtype": ["medical", "residential", None, None],
        "class": ["hospital", None, None, None],
        "height": [6.0, None, None, None],
        "num_floors": [2, None, None, None],
        "is_underground": [False, False, None, True],
    }
    made |= columns
    types = {
        "names": pa.struct(
            [("primary", pa.string()), ("common", pa.map_(pa.string(), pa.string()))]
        )
    }
    table = pa.table({key: pa.array(cells, type=types.get(key)) for key, cells in made.items()})
    about = {"encoding": "WKB", "geometry_types": ["Polygon"]}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def test_overture_buildings_keep_use_names_and_storeys(tmp_path: Path) -> None:
    """Class before subtype, Arabic names, storeys; a cellar is no structure, and is counted."""
    reading = read(overture_file(tmp_path / "buildings.parquet"))
    (layer,) = reading.layers
    assert layer.source.format == overture.NAME
    assert layer.source.attribution == "© OpenStreetMap contributors, Overture Maps Foundation"
    table = layer.table
    assert table["use"].fillna("").tolist() == ["hospital", "residential", ""]
    assert table["name_ar"].tolist()[0] == "مستشفى"
    assert np.array_equal(table["storeys"], [2, np.nan, np.nan], equal_nan=True)
    assert codes(reading.findings) == ["under-ground"]


def test_overture_without_optional_columns_is_read(tmp_path: Path) -> None:
    """Names, classes and storeys may all be missing: then they are unknown."""
    nothing: list[Any] = [None] * len(BOXES)
    path = overture_file(
        tmp_path / "b.parquet", names=nothing, subtype=nothing, num_floors=nothing, sources=nothing
    )
    path_table = pq.read_table(path).drop(["class", "is_underground"])
    pq.write_table(path_table, path)
    table = read(path).layers[0].table
    assert len(table) == len(BOXES)
    assert table[["use", "name", "storeys"]].isna().all(axis=None)


def test_overture_holds_no_streets(tmp_path: Path) -> None:
    """Asked for streets, a file of buildings is refused by name."""
    with pytest.raises(EmptyLayerError):
        recognise.read(
            overture_file(tmp_path / "b.parquet"),
            recorded_at=NOW,
            as_=overture.NAME,
            want=LayerKind.STREETS,
        )
