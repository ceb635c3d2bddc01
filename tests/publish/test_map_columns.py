# SPDX-License-Identifier: Apache-2.0
"""The map's blob gives back what went in, and nothing that could harm."""

import unicodedata

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from goldenhour.base.crs import to_lon_lat
from goldenhour.publish.map_columns import Columns, plain, safe_texts
from goldenhour.publish.map_shapes import MICRO, Shapes
from tests.publish.map_blob import unpack

CRS = "EPSG:32637"
X_M, Y_M = 693_000.0, 3_805_000.0
INT32 = st.integers(-(2**31), 2**31 - 1)


@pytest.mark.laws
@given(st.lists(INT32), st.lists(st.integers(0, 255)), st.lists(st.text()))
def test_columns_come_back(whole: list[int], small: list[int], text: list[str]) -> None:
    """Whatever goes into the blob comes out of it."""
    columns = Columns()
    columns.add_ints("whole", np.array(whole, dtype=np.int64))
    columns.add_bytes("small", np.array(small, dtype=np.int64))
    columns.add_text("text", text)
    columns.add_words("words", text)
    header, found = unpack(columns.pack({"town": "القائم"}))
    assert header == {"town": "القائم"}
    assert found["whole"] == whole
    assert found["small"] == small
    assert found["text"] == [plain(word) for word in text]
    assert [found["words.words"][i] for i in found["words"]] == found["text"]


@pytest.mark.laws
@given(st.text())
def test_plain_text_has_no_control_characters(text: str) -> None:
    """No name can turn the writing direction around, or break a line."""
    kept = plain(text)
    assert not {"\u202e", "\u2066", "\u200f", "\n", "\x00", "\u2028"} & set(kept)
    assert all(unicodedata.category(letter) != "Cc" for letter in kept)
    assert plain(kept) == kept


@pytest.mark.laws
@given(st.lists(st.one_of(st.text(), st.sampled_from([None, float("nan"), 1, True, "1", "حلب\n"]))))
def test_many_texts_are_as_safe_as_one(values: list[object]) -> None:
    """A column of names, most of them alike, is made safe name by name."""
    assert safe_texts(values) == [plain(value) for value in values]


def test_missing_text_is_empty() -> None:
    """A name that a table lacks is empty, not the word "nan"."""
    assert plain(None) == plain(float("nan")) == ""
    assert plain("حلب, Aleppo") == "حلب, Aleppo"


def test_same_content_same_blob() -> None:
    """The same plan gives the same file, byte for byte."""
    assert Columns().pack({"a": 1}) == Columns().pack({"a": 1})


def test_areas_keep_courtyards_and_parts() -> None:
    """A house around a courtyard keeps its hole; a house in two parts is two areas of one row."""
    outer = [(X_M, Y_M), (X_M + 20, Y_M), (X_M + 20, Y_M + 20), (X_M, Y_M + 20), (X_M, Y_M)]
    court = shapely.Polygon(outer, [[(X_M + 5, Y_M + 5), (X_M + 15, Y_M + 5), (X_M + 9, Y_M + 9)]])
    twin = shapely.union_all(
        [shapely.box(X_M + d, Y_M, X_M + d + 9, Y_M + 9) for d in (100.0, 200.0)]
    )
    shapes = np.array([court, None, twin, shapely.Point(X_M, Y_M)], dtype=object)
    columns = Columns()
    Shapes(columns, CRS).add_areas("a", shapes)
    _, found = unpack(columns.pack({}))
    assert found["a.owner"] == [0, 2, 2]
    assert found["a.rings"] == [2, 1, 1]
    assert found["a.size"] == [5, 4, 5, 5]
    x_m, y_m = np.array(outer).T
    lon, lat = to_lon_lat(x_m, y_m, CRS)
    assert np.allclose(np.array(found["a.x"][:5]) / MICRO, lon, atol=1e-6)
    assert np.allclose(np.array(found["a.y"][:5]) / MICRO, lat, atol=1e-6)


def test_lines_pass_over_what_is_not_a_line() -> None:
    """Walls drawn as areas do not appear among the lines; nothing at all is fine too."""
    line = shapely.MultiLineString([[(X_M, Y_M), (X_M + 9, Y_M)], [(X_M, Y_M), (X_M, Y_M + 9)]])
    mixed = shapely.GeometryCollection([line, shapely.box(X_M, Y_M, X_M + 9, Y_M + 9)])
    columns = Columns()
    shapes = Shapes(columns, CRS)
    shapes.add_lines("l", np.array([mixed, shapely.LineString()], dtype=object))
    shapes.add_lines("none", np.array([], dtype=object))
    shapes.add_areas("empty", np.array([], dtype=object))
    _, found = unpack(columns.pack({}))
    assert found["l.owner"] == [0, 0]
    assert found["l.size"] == [2, 2]
    assert found["none.owner"] == found["empty.x"] == []
