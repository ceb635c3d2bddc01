# SPDX-License-Identifier: Apache-2.0
"""Labels on the xBD scale."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from goldenhour.base.errors import InputError, MissingColumnError, UnreadableFileError
from goldenhour.base.grades import Grade
from goldenhour.picture import grading
from goldenhour.reports.said import DamageSaid
from goldenhour.sources import recognise, xbd
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes, geojson, table

UID = "8d8ad2a1-0000-4000-8000-00000000000"
META = {
    "sensor": "WORLDVIEW02",
    "capture_date": "2018-06-04T16:40:02.000Z",
    "disaster": "a made one",
}


def label(subtype: str | None, number: int = 1, **more: object) -> dict[str, Any]:
    """One label as in the data set."""
    words: dict[str, object] = {"feature_type": "building", "uid": f"{UID}{number}"}
    if subtype is not None:
        words["subtype"] = subtype
    west = 40 + number / 1000
    return {"properties": words | more, "wkt": box(west, 34, west + 1e-4, 34.0001).wkt}


def write(path: Path, *labels: dict[str, Any], **metadata: object) -> Path:
    """Write the labels of one image."""
    pixels = [{"properties": {}, "wkt": "POLYGON ((0 0, 9 0, 9 9, 0 0))"}]
    features = {"lng_lat": list(labels), "xy": pixels}
    content = {"features": features, "metadata": META | metadata}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment, through the one door."""
    assert xbd.recognises(path)
    return recognise.read(path, recorded_at=NOW)


def said(reading: Reading) -> list[str]:
    """List the native codes."""
    return [r.said.code for r in reading.reports if isinstance(r.said, DamageSaid)]


def test_labels_of_an_image(tmp_path: Path) -> None:
    """Each building is a structure and a report in xBD's own word, dated by the image."""
    path = write(
        tmp_path / "made-fire_00000001_post_disaster.json",
        label("destroyed"),
        label("un-classified", 2),
    )
    reading = read(path)
    assert said(reading) == ["destroyed", "un-classified"]
    first = reading.reports[0]
    assert isinstance(first.said, DamageSaid)
    assert (first.said.scale, first.said.sensor) == ("xbd", "WORLDVIEW02")
    assert first.seen_from.date().isoformat() == "2018-06-04"
    assert [r.about for r in reading.reports] == list(reading.layers[0].table["id"])
    assert codes(reading.findings) == ["attribution"]


def test_un_classified_is_unknown_and_never_safe() -> None:
    """The scale's own word for "cannot tell" is no evidence."""
    assert grading.column("xbd", "un-classified") is None
    assert grading.is_silent("xbd", "un-classified")
    found = grading.column("xbd", "major-damage")
    assert found is not None
    assert found.grade is Grade.G2


def test_labels_from_before_the_event_are_structures_only(tmp_path: Path) -> None:
    """No subtype, no report; the outlines are there."""
    reading = read(write(tmp_path / "a_pre_disaster.json", label(None)))
    assert not reading.reports
    assert len(reading.layers[0].table) == 1
    assert "not-graded" in codes(reading.findings)


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """A road, a broken shape, a word of no scale: each is a finding."""
    broken = label("destroyed", 3) | {"wkt": "POLYGON ((oops"}
    nowhere = label("destroyed", 4) | {"wkt": "POLYGON ((400 34, 401 34, 401 35, 400 34))"}
    path = write(
        tmp_path / "a.json",
        label("destroyed", feature_type="road"),
        label("مدمر", 2),
        broken,
        nowhere,
    )
    reading = read(path)
    assert said(reading) == ["مدمر"]
    assert {"not-a-structure", "unknown-damage-class", "unreadable-shape", "no-place"} <= set(
        codes(reading.findings)
    )
    assert "impossible-report" in codes(reading.findings)


def test_a_label_file_without_a_date_has_no_reports(tmp_path: Path) -> None:
    """An empty capture date, as prediction tools write it, and no day in the name."""
    reading = read(write(tmp_path / "a.json", label("destroyed"), capture_date=""))
    assert not reading.reports
    assert "no-date" in codes(reading.findings)


def test_outlines_with_subtype(tmp_path: Path) -> None:
    """The same labels as GeoJSON or GeoPackage, dated by the file's name."""
    rows: list[tuple[dict[str, Any], Polygon]] = [
        (
            {"feature_type": "building", "subtype": "minor-damage", "uid": f"{UID}1"},
            box(40, 34, 40.1, 34.1),
        ),
        ({"feature_type": "building", "subtype": None, "uid": f"{UID}2"}, box(41, 34, 41.1, 34.1)),
    ]
    path = geojson(tmp_path / "labels_2018-06-04.geojson", rows)
    reading = read(path)
    assert said(reading) == ["minor-damage"]
    assert {"attribution-unknown", "dated-by-name", "not-graded"} <= set(codes(reading.findings))
    cut = table(rows).rename(columns={"feature_type": "feature_ty"})
    cut.to_file(tmp_path / "labels_20180604.shp")
    assert said(read(tmp_path / "labels_20180604.shp")) == ["minor-damage"]


def test_an_image_without_buildings(tmp_path: Path) -> None:
    """It is said that there are none."""
    reading = read(write(tmp_path / "a.json"))
    assert not reading.reports
    assert "no-labels" in codes(reading.findings)


@pytest.mark.parametrize(
    "content",
    [
        '{"features": {"lng_lat": [',
        '{"features": ["lng_lat"]}',
        '{"features": {"lng_lat": [3]}}',
        '{"features": {"lng_lat": null}}',
        '[{"features": {"lng_lat": []}}]',
    ],
)
def test_a_cut_label_file_is_an_error(tmp_path: Path, content: str) -> None:
    """Cut, or of another build: what to do is said."""
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFileError) as error:
        recognise.read(path, recorded_at=NOW, as_="xbd")
    assert error.value.do


def test_other_tables_are_refused(tmp_path: Path) -> None:
    """Overture outlines have a subtype too, of another kind: they are not claimed."""
    rows = [({"id": "1", "subtype": "residential", "class": "house"}, box(40, 34, 40.1, 34.1))]
    table(rows).to_file(tmp_path / "overture.gpkg")
    assert not xbd.recognises(tmp_path / "overture.gpkg")
    table([({"id": "1"}, box(40, 34, 40.1, 34.1))]).to_file(tmp_path / "plain.gpkg")
    with pytest.raises(MissingColumnError):
        xbd.read(tmp_path / "plain.gpkg", recorded_at=NOW, want=None)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_changed_byte_never_ends_in_a_traceback(tmp_path: Path, at: int, byte: int) -> None:
    """A reading or an input error, whatever one byte becomes."""
    path = write(tmp_path / "a.json", label("destroyed"), label("no-damage", 2))
    content = bytearray(path.read_bytes())
    content[at] = byte
    path.write_bytes(bytes(content))
    try:
        reading = recognise.read(path, recorded_at=NOW, as_="xbd")
    except InputError as error:
        assert error.do  # noqa: PT017 - either outcome is right
    else:
        assert reading.reports or reading.findings
