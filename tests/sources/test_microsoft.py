# SPDX-License-Identifier: Apache-2.0
"""Microsoft's damage outlines: a share is evidence, a cloud is none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from goldenhour.base.errors import InputError, MissingColumnError, UnreadableFileError
from goldenhour.base.grades import Grade
from goldenhour.picture import grading
from goldenhour.reports.said import DamageSaid
from goldenhour.sources import microsoft, recognise
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind
from tests.sources.deliveries import NOW, codes, table, zipped

OVERTURE = "08b2c3d4-0000-4fff-8000-00000000000"


def outline(number: int) -> MultiPolygon:
    """A made-up footprint of about ten metres, written as the real files write it."""
    west = 40 + number / 1000
    return MultiPolygon([box(west, 34, west + 1e-4, 34 + 1e-4)])


def graded(
    share: float | None, *, hidden: float | None = 0.0, number: int = 1, **more: object
) -> tuple[Mapping[str, Any], MultiPolygon]:
    """One row with the columns of Microsoft's script."""
    cells: dict[str, Any] = {
        "id": f"{OVERTURE}{number}",
        "damage_pct_0m": share,
        "damage_pct_10m": share,
        "damage_pct_20m": share,
        "built_pct_0m": 0.9,
        "damaged": int(bool(share)),
        "unknown_pct": hidden,
    }
    return cells | more, outline(number)


def read(path: Path, want: LayerKind | None = None) -> Reading:
    """Read with a fixed moment, through the one door."""
    assert microsoft.recognises(path)
    return recognise.read(path, recorded_at=NOW, want=want)


def said(reading: Reading) -> list[str]:
    """List the native codes."""
    return [r.said.code for r in reading.reports if isinstance(r.said, DamageSaid)]


@pytest.mark.parametrize("name", ["a_20250329.gpkg", "a_20250329.geojson", "a_20250329.fgb"])
def test_shares_become_reports_beside_their_outline(tmp_path: Path, name: str) -> None:
    """The outline is a structure with its worldwide id; the report names it, dated by the file."""
    table([graded(0.37, hidden=0.2), graded(0.0, number=2)], "EPSG:32637").set_crs(
        "EPSG:4326", allow_override=True
    ).to_file(tmp_path / name)
    reading = read(tmp_path / name)
    [layer] = reading.layers
    assert set(said(reading)) == {"0.37 unknown 0.2", "0"}
    assert set(layer.table["id"]) == {f"{OVERTURE}1", f"{OVERTURE}2"}
    assert {r.about for r in reading.reports} == set(layer.table["id"])
    assert {type(shape) for shape in layer.table.geometry} == {Polygon}
    assert layer.source.data_date == "2025-03-29"
    assert reading.reports[0].seen_from == datetime(2025, 3, 29, tzinfo=UTC)
    assert codes(reading.findings) == ["dated-by-name", "attribution"]


def test_geoparquet_and_projected_metres(tmp_path: Path) -> None:
    """The files come in the image's metric system, and as GeoParquet."""
    path = tmp_path / "x-2025-03-29.parquet"
    table([graded(0.5)]).to_crs("EPSG:32637").to_parquet(path)
    reading = read(path)
    assert said(reading) == ["0.5"]
    where = reading.reports[0].where
    assert where is not None
    assert where.within(outline(1))


def test_a_shapefile_cuts_the_names(tmp_path: Path) -> None:
    """What a shapefile leaves of the names is understood."""
    cut = {
        "damage_pct_0m": "damage_pct",
        "damage_pct_10m": "damage_p_1",
        "unknown_pct": "unknown_pc",
    }
    rows = table([graded(0.5, hidden=0.25)]).rename(columns=cut)
    rows = rows.drop(columns=["damage_pct_20m", "built_pct_0m"])
    path = zipped(tmp_path / "a_20250329.zip", {"p": rows})
    assert said(read(path)) == ["0.5 unknown 0.25"]


@pytest.mark.parametrize(
    ("code", "grade"),
    [
        ("0", Grade.G0),
        ("0.099", Grade.G0),
        ("0.1", Grade.G1),
        ("0.4", Grade.G2),
        ("0.7", Grade.G3),
        ("1", Grade.G3),
        ("0.06 unknown 0.5", Grade.G1),
        ("0.3 unknown ?", Grade.G1),
        ("damaged", Grade.G2),
        ("not damaged", Grade.G0),
        ("damaged unknown 0.2", Grade.G2),
    ],
)
def test_a_share_is_evidence_of_a_grade(code: str, grade: Grade) -> None:
    """Bins of the crosswalk, of the part that was seen."""
    found = grading.column("microsoft", code)
    assert found is not None
    assert found.grade is grade
    assert found.is_optical


@pytest.mark.parametrize(
    "code", ["0.9 unknown 0.51", "0 unknown 1", "0 unknown ?", "not damaged unknown ?", "unknown"]
)
def test_what_was_hidden_is_no_evidence(code: str) -> None:
    """More than half hidden, or a zero of which nobody says how much was hidden: unknown."""
    assert grading.column("microsoft", code) is None
    assert grading.is_silent("microsoft", code)


@pytest.mark.parametrize("code", ["37", "1.5", "-0.2", "ruin", "0.3 unknown some", ""])
def test_what_is_no_share_is_no_evidence(code: str) -> None:
    """Percent, negative numbers and other words are not guessed at."""
    assert grading.column("microsoft", code) is None
    assert grading.is_silent("microsoft", code) is (code == "")


@settings(deadline=None)
@given(
    share=st.floats(0, 1).map(lambda value: round(value, 3)),
    hidden=st.floats(0, 0.5).map(lambda value: round(value, 3)),
)
def test_hiding_more_never_makes_it_look_better(share: float, hidden: float) -> None:
    """The same marked area under more cloud is never a lower grade."""
    open_sky = grading.column("microsoft", f"{share:g}")
    clouded = grading.column("microsoft", f"{share:g} unknown {hidden:g}")
    assert open_sky is not None
    assert clouded is not None
    assert clouded.grade >= open_sky.grade


def test_without_a_hidden_share_a_zero_says_nothing(tmp_path: Path) -> None:
    """The file does not say what was hidden: visible damage counts, its absence does not."""
    rows = table([graded(0.5), graded(0.0, number=2)]).drop(columns="unknown_pct")
    rows.to_file(tmp_path / "a_20250329.gpkg")
    reading = read(tmp_path / "a_20250329.gpkg")
    assert said(reading) == ["0.5 unknown ?", "0 unknown ?"]
    assert "no-hidden-share" in codes(reading.findings)
    assert grading.column("microsoft", said(reading)[1]) is None


def test_copies_of_a_flag_are_not_read_as_shares(tmp_path: Path) -> None:
    """A labelling tool writes 0 or 1 as the share: 1 is "damaged", not "destroyed"."""
    rows = [graded(1.0), graded(0.0, number=2), graded(0.0, hidden=1.0, number=3)]
    kept = table(rows).drop(columns=["damage_pct_10m", "damage_pct_20m", "built_pct_0m"])
    kept.assign(id=[0, 1, 2]).to_file(tmp_path / "predictions_2025-03-29.gpkg")
    reading = read(tmp_path / "predictions_2025-03-29.gpkg")
    assert said(reading) == ["damaged", "not damaged", "not damaged unknown 1"]
    assert "share-is-yes-or-no" in codes(reading.findings)
    assert all(r.about.startswith("ms-") for r in reading.reports)


def test_the_class_that_a_person_gave_goes_first(tmp_path: Path) -> None:
    """An edited file says what its editor saw; the model's share stays beside it."""
    rows = [
        graded(0.9, edited_class="NotDamaged"),
        graded(0.05, edited_class="Damaged", number=2),
        graded(0.5, edited_class="Unknown", number=3),
        graded(0.5, edited_class="Flooded", number=4),
    ]
    table(rows).to_file(tmp_path / "a_20250329.gpkg")
    reading = read(tmp_path / "a_20250329.gpkg")
    assert said(reading) == ["not damaged", "damaged", "unknown", "Flooded"]
    first = reading.reports[0].said
    assert isinstance(first, DamageSaid)
    assert first.sensor == "model: 0.9"


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """No share, no place, a share in percent, text for a share: each is a finding."""
    rows = table([graded(None), graded(37.0, number=2), graded(0.2, number=3)])
    rows.loc[2, "geometry"] = None
    rows.to_file(tmp_path / "a_20250329.gpkg")
    reading = read(tmp_path / "a_20250329.gpkg")
    assert said(reading) == ["37"]
    assert {"not-graded", "no-place", "unknown-damage-class"} <= set(codes(reading.findings))
    assert len(reading.layers[0].table) == 2
    table([graded(0.2, damage_pct_0m="a third")]).to_file(tmp_path / "b_20250329.gpkg")
    reading = read(tmp_path / "b_20250329.gpkg")
    assert "not-a-number" in codes(reading.findings)
    assert not reading.reports


def test_without_a_day_there_is_no_report(tmp_path: Path) -> None:
    """The outlines are used, and the finding says how to give the day."""
    table([graded(0.5)]).to_file(tmp_path / "maxar_1050010040277500_predictions.gpkg")
    reading = read(tmp_path / "maxar_1050010040277500_predictions.gpkg")
    assert not reading.reports
    assert len(reading.layers[0].table) == 1
    [found] = [f for f in reading.findings if f.code == "no-date"]
    assert "file's name" in found.done


def test_a_column_of_dates_goes_before_the_name(tmp_path: Path) -> None:
    """Rows say themselves when they were seen; an unclear date is named."""
    rows = [graded(0.5, image_date="2025-04-01"), graded(0.5, image_date="4/5/25", number=2)]
    table(rows).to_file(tmp_path / "a_20250329.gpkg")
    reading = read(tmp_path / "a_20250329.gpkg")
    assert [r.seen_from.date().isoformat() for r in reading.reports] == ["2025-04-01", "2025-03-29"]
    assert "unreadable-date" in codes(reading.findings)


def test_one_outline_in_two_tables_is_one_structure(tmp_path: Path) -> None:
    """Two days of one town: two reports, one structure."""
    path = tmp_path / "town.gpkg"
    table([graded(0.1)]).to_file(path, layer="day_20250329")
    table([graded(0.8)]).to_file(path, layer="day_20250401")
    table([({"note": "grid"}, outline(9))]).to_file(path, layer="grid")
    reading = read(path)
    assert len(reading.layers[0].table) == 1
    assert len(reading.reports) == 2
    assert len({r.seen_from for r in reading.reports}) == 2
    assert "table-not-used" in codes(reading.findings)


def test_wanted_as_structures_it_keeps_its_ids(tmp_path: Path) -> None:
    """Asked for structures, the same module reads it, so that reports find the outlines."""
    table([graded(0.5)]).to_file(tmp_path / "a_20250329.gpkg")
    reading = read(tmp_path / "a_20250329.gpkg", LayerKind.STRUCTURES)
    assert list(reading.layers[0].table["id"]) == [reading.reports[0].about]
    assert not read(tmp_path / "a_20250329.gpkg", LayerKind.STREETS).layers


def test_other_files_are_not_claimed_and_broken_ones_refused(tmp_path: Path) -> None:
    """Plain outlines are not ours; a cut file is an error, not a traceback."""
    plain = table([({"id": "1", "damaged": 1}, outline(1))])
    plain.to_file(tmp_path / "plain.gpkg")
    assert not microsoft.recognises(tmp_path / "plain.gpkg")
    with pytest.raises(MissingColumnError):
        microsoft.read(tmp_path / "plain.gpkg", recorded_at=NOW, want=None)
    path = tmp_path / "a_20250329.parquet"
    table([graded(0.5)]).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])
    assert not microsoft.recognises(path)
    with pytest.raises(UnreadableFileError):
        recognise.read(path, recorded_at=NOW, as_="microsoft")
    bare = gpd.GeoDataFrame({"damage_pct_0m": [], "unknown_pct": []}, geometry=[], crs=4326)
    bare.to_file(tmp_path / "none_20250329.gpkg")
    assert not read(tmp_path / "none_20250329.gpkg").reports
    (tmp_path / "empty.gpkg").touch()
    with pytest.raises(InputError):
        recognise.read(tmp_path / "empty.gpkg", recorded_at=NOW, as_="microsoft")
