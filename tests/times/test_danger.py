# SPDX-License-Identifier: Apache-2.0
"""Nobody is carried over open ground through a hazard area, nor where that cannot be ruled out."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import UnknownStreets
from goldenhour.picture.belief import HazardArea, ReportIndex
from goldenhour.reports.said import HazardStatus
from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation, Spots
from goldenhour.times.danger import keep_away
from goldenhour.times.unattached import WhyUnattached
from tests.times.pictures import picture_of
from tests.towns import draw, make_town

PASSABLE = UnknownStreets.PASSABLE


def _mines(shape: shapely.Polygon) -> HazardArea:
    """Suspect mines in an area."""
    return HazardArea(
        hazard="explosive",
        status=HazardStatus.SUSPECTED,
        level=1.0,
        shape=shape,
        report=ReportIndex(0),
    )


def test_a_minefield_between_door_and_street_is_not_crossed() -> None:
    """A house whose yard is suspected of mines joins no street, and is listed as closed in."""
    town, _ = draw("A--------B")
    there = replace(town.structures, y_m=town.structures.y_m + np.array([120.0, 0.0]))
    town = replace(town, structures=there)
    x_m, y_m = town.structures.x_m[0], town.structures.y_m[0]
    yard = shapely.box(x_m - 30, y_m - 70, x_m + 30, y_m - 50)
    safe = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
    mined = Evacuation.of(town, picture_of(town, hazards=[_mines(yard)]), unknown_streets=PASSABLE)
    assert safe.is_attached.all()
    assert mined.is_attached.tolist() == [False, True]
    assert mined.unattached.n_because(WhyUnattached.CLOSED) == 1
    reach = mined.carry_times(np.array([1]), np.array([0, 1]), 36_000.0)
    assert reach.home.tolist() == [1]
    door = Spots(x_m=np.array([x_m]), y_m=np.array([y_m]))
    assert np.isinf(mined.transfer_times(origins=door, destinations=np.array([1]))).all()
    assert np.isfinite(safe.transfer_times(origins=door, destinations=np.array([1]))).all()


@pytest.mark.parametrize(("metres", "is_kept"), [(101.0, True), (160.0, False)])
def test_a_way_that_may_have_strayed_is_not_trusted(metres: float, *, is_kept: bool) -> None:
    """A way over terrain longer than the straight line may have led through an area beside it."""
    town, _ = draw("A--B")
    streets = town.streets
    x_m = float(streets.node_x_m[0])
    y_m = float(streets.node_y_m[0]) + 100.0
    landing = Landing(
        edge=np.zeros((1, 1), dtype=np.int32),
        share=np.zeros((1, 1)),
        off_m=np.array([[metres]]),
    )
    beside = shapely.box(x_m + 50, y_m - 60, x_m + 60, y_m - 40)
    kept = keep_away(landing, streets, np.array([x_m]), np.array([y_m]), [beside])
    assert bool(kept.edge[0, 0] == 0) is is_kept
    assert bool(np.isfinite(kept.off_m[0, 0])) is is_kept


@pytest.mark.laws
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 200), st.integers(0, 10**6))
def test_a_new_hazard_never_shortens_a_way(town_seed: int, seed: int) -> None:
    """Wherever an area is suspected, every time stays or grows, and what joins stays or shrinks."""
    town = make_town(town_seed, n_structures=20, n_side=4)
    rng = np.random.Generator(np.random.PCG64(seed))
    low = np.array([town.structures.x_m.min(), town.structures.y_m.min()])
    high = np.array([town.structures.x_m.max(), town.structures.y_m.max()])
    at = rng.uniform(low, high)
    area = shapely.Point(at).buffer(float(rng.uniform(5, 120)))
    rows = np.arange(town.structures.n)
    before = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
    after = Evacuation.of(
        town,
        picture_of(town, hazards=[_mines(area)]),
        unknown_streets=PASSABLE,
        landing=before.any_day,
    )
    assert not (after.is_attached & ~before.is_attached).any()
    one = before.transfer_times(origins=rows, destinations=rows)
    other = after.transfer_times(origins=rows, destinations=rows)
    assert (other >= one).all()
    for row, place in zip(*np.nonzero(after.landing.edge >= 0), strict=True):
        line = town.streets.line[after.landing.edge[row, place]]
        step = shapely.line_interpolate_point(
            line, after.landing.share[row, place], normalized=True
        )
        door = shapely.Point(town.structures.x_m[row], town.structures.y_m[row])
        assert not shapely.intersects(shapely.LineString([door, step]), area.buffer(-0.01))
