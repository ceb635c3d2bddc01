# SPDX-License-Identifier: Apache-2.0
"""Which structure a report speaks of; what matches none becomes one of its own."""

import random
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import Grade, Verdict
from goldenhour.picture.known import metric_shapes
from goldenhour.picture.matching import NONE, structures_of, unplaced_structures
from goldenhour.reports.report import Report
from goldenhour.reports.said import VisitSaid
from goldenhour.sources import unosat
from goldenhour.town.build import with_reported
from goldenhour.town.town import Town
from tests.picture.saying import (
    DAY,
    ONE_DAY,
    at,
    codes,
    degrees,
    graded,
    picture,
    tell,
    town_around,
)
from tests.towns import ORIGIN_X_M, draw, make_town

LINE = draw("A-B").town
MINUTE_M = float(LINE.structures.x_m[1] - LINE.structures.x_m[0])


def structure_of(town: Town, *reports: Report) -> list[int]:
    """Match reports, in the order given."""
    listed = list(reports)
    return [int(i) for i in structures_of(town, listed, metric_shapes(town, listed))]


def test_an_id_goes_before_the_place() -> None:
    """A report that names a structure is about it, wherever its point was put."""
    far = graded("1", about="s-B")
    assert structure_of(LINE, far) == [1]


def test_a_point_inside_an_outline_is_about_it() -> None:
    """Two points of one product inside one big building are both about that building."""
    assert structure_of(LINE, graded("1", where=at(3, 3)), graded("2", where=at(-5, 2))) == [0, 0]


def test_a_point_near_is_about_the_nearest() -> None:
    """A point 8 m from a wall belongs to that building, one 30 m off to none."""
    assert structure_of(LINE, graded("1", where=at(0, 18))) == [0]
    assert structure_of(LINE, graded("1", where=at(0, 40))) == [NONE]


def test_two_points_of_one_product_are_two_structures() -> None:
    """Beside a building the nearer of two points gets it; the other is a structure of its own."""
    near, further = graded("1", where=at(0, 14)), graded("2", where=at(3, 22))
    assert structure_of(LINE, near, further) == [0, NONE]
    assert structure_of(LINE, further, near) == [NONE, 0]
    other_product = graded("2", where=at(3, 22), by="EMS")
    assert structure_of(LINE, near, other_product) == [0, 0]


def test_what_matches_nothing_becomes_a_structure() -> None:
    """A damage point in the open becomes a structure, with the report's own id and its grade."""
    lone = graded("1", where=at(0, 300))
    ids, x_m, _ = unplaced_structures(LINE, [lone])
    assert list(ids) == [f"report/{lone.id[:12]}"]
    assert x_m[0] == pytest.approx(ORIGIN_X_M, abs=0.01)
    found = picture(LINE, lone)
    assert found.damage.p_grade[-1].argmax() == Grade.G3
    assert found.damage.evidence.of(2).tolist() == [0]


def test_later_epochs_join_the_structure_of_the_first() -> None:
    """The same spot, seen 3 m aside a month later, is one structure; 9 m aside it is another."""
    first = graded("3", where=at(0, 300))
    again = graded("1", where=at(3, 300), seen=DAY + 30 * ONE_DAY)
    aside = graded("1", where=at(9, 300), seen=DAY + 30 * ONE_DAY)
    assert len(unplaced_structures(LINE, [first, again])[0]) == 1
    assert len(unplaced_structures(LINE, [first, again, aside])[0]) == 2
    beside = graded("1", where=at(3, 300))
    assert len(unplaced_structures(LINE, [first, beside])[0]) == 2, "same product, same day"


def test_a_visit_to_an_unlisted_house_puts_it_on_the_map() -> None:
    """A team finds a house that no map lists: it is a structure, and it is fit."""
    said = VisitSaid(grade=Grade.G0, verdict=Verdict.FIT)
    found = picture(LINE, tell(said, where=at(200, 300)))
    assert found.damage.verdict[-1] == Verdict.FIT


def test_a_report_without_place_or_name_is_listed_and_moves_nothing() -> None:
    """Damage of an unknown structure nowhere is a finding."""
    found = picture(LINE, graded("1", about="no such house"))
    assert [finding.code for finding in found.findings] == ["report-without-structure"]
    assert (found.damage.p_grade[:, Grade.U] == 1).all()


def test_another_towns_reports_stay_out() -> None:
    """A point 60 km away, or on the other side of the world, is listed and is no structure here."""
    told = [graded("1", where=at(60_000, 0)), graded("1", where=shapely.Point(130, 0))]
    found = picture(LINE, *told)
    assert len(found.damage.visited) == LINE.structures.n
    assert codes(found) == {"report-outside-town", "report-without-structure"}


def test_outlines_are_matched_by_a_point_inside() -> None:
    """A graded polygon is about the building that it covers."""
    outline = degrees(shapely.affinity.translate(LINE.structures.outline[1], 2, 2))
    assert structure_of(LINE, graded("1", where=outline)) == [1]


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 50),
    st.lists(
        st.tuples(st.floats(0, 500), st.floats(0, 500), st.sampled_from(["a", "b"])), max_size=25
    ),
    st.randoms(use_true_random=False),
)
def test_no_report_is_dropped_and_order_does_not_matter(
    seed: int, points: list[tuple[float, float, str]], shuffle: random.Random
) -> None:
    """Every placed report finds a structure once the unplaced are added, in any order."""
    town = make_town(seed)
    told = [
        graded("1", where=at(x, y), by=by, seen=DAY + i % 2 * ONE_DAY)
        for i, (x, y, by) in enumerate(points)
    ]
    ids, x_m, y_m = unplaced_structures(town, told)
    mixed = list(told)
    shuffle.shuffle(mixed)
    assert list(unplaced_structures(town, mixed)[0]) == list(ids)
    whole = with_reported(town, ids=ids, x_m=x_m, y_m=y_m)
    found = structures_of(whole, told, metric_shapes(whole, told))
    assert (found != NONE).all()
    again = structures_of(whole, mixed, metric_shapes(whole, mixed))
    assert dict(zip([r.id for r in mixed], again, strict=True)) == dict(
        zip([r.id for r in told], found, strict=True)
    )
    assert set(range(town.structures.n, whole.structures.n)) <= set(found.tolist())


@pytest.mark.real_data
def test_every_point_of_aleppo_becomes_a_structure(real_data: Path) -> None:
    """All 14,058 UNOSAT points of Aleppo are placed, each alone, in a town without structures."""
    read = unosat.read(
        real_data / "aleppo" / "unosat_damage_2015.geojson", recorded_at=DAY, want=None
    )
    ids, x_m, y_m = unplaced_structures(town_around(read.reports), read.reports)
    assert len(ids) == len(set(ids)) == len({r.where for r in read.reports})
    assert np.isfinite(x_m).all()
    assert np.isfinite(y_m).all()
