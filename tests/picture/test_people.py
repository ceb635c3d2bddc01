# SPDX-License-Identifier: Apache-2.0
"""Where people are: figures spread over structures, and an assumption where there is no figure."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import Grade, Reliability, Verdict
from goldenhour.base.messages import say
from goldenhour.picture.names import fold
from goldenhour.reports.report import Report
from goldenhour.reports.said import Measure, PeopleSaid
from goldenhour.town.town import Town
from tests.picture.saying import DAY, HOUR, at, codes, degrees, picture, tell, visited
from tests.towns import draw, make_town, words

BANKS = make_town(5)
"""Two places, North bank with 600 people and South bank with 400 before the fighting."""
BARE = draw("A--B--C").town
IN_NORTH = shapely.contains_xy(BANKS.places.shape[0], BANKS.structures.x_m, BANKS.structures.y_m)


def figure(  # noqa: PLR0913 - the fields of one record, all by name
    best: float | None,
    *,
    low: float | None = None,
    high: float | None = None,
    about: str = "North bank",
    counted: str = "residents",
    measure: Measure = Measure.STOCK,
    by: str = "mayor",
    letter: Reliability = Reliability.F,
    hours_ago: int = 0,
) -> Report:
    """Report a figure of people."""
    value = best or 0.0
    said = PeopleSaid(
        low=value if low is None else low,
        best=best,
        high=value if high is None else high,
        counted=counted,
        measure=measure,
    )
    return tell(said, about=about, by=by, letter=letter, seen=DAY - hours_ago * HOUR)


def north(*reports: Report) -> float:
    """Count the people north of the river."""
    return float(picture(BANKS, *reports).people.people[IN_NORTH].sum())


def test_the_maps_own_figures_are_spread_where_nobody_reported() -> None:
    """Before any report the banks hold what they held before the fighting; nobody counted since."""
    found = picture(BANKS).people
    assert found.people.sum() == pytest.approx(1000)
    assert north() == pytest.approx(600)
    assert (found.total_low, found.total_best, found.total_high) == pytest.approx((0, 1000, 1000))
    assert found.basis == "figures"


def test_a_report_replaces_the_maps_figure() -> None:
    """The mayor says 90 are left in the north."""
    found = picture(BANKS, figure(90.0, low=60.0, high=120.0))
    assert found.people.people[IN_NORTH].sum() == pytest.approx(90)
    assert found.people.reports == (0,)
    assert found.people.total_low == pytest.approx(60)
    assert found.people.total_high == pytest.approx(520)


@pytest.mark.parametrize(
    "name", ["north BANK", "North-bank", "p-0", "الضفة الشمالية", "ضفه شماليه"]
)
def test_a_place_is_found_in_any_spelling(name: str) -> None:
    """Id, English and Arabic, with or without article and marks."""
    assert north(figure(90.0, about=name)) == pytest.approx(90)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karabilah (EXERCISE)", "Karabilah"),
        ("الكرابلة (تمرين)", "الكرابلة"),
        ("Al-Qā'im", "al qaim"),
        ("القائم", "قائم"),
        ("El Obaidi", "Obaidi"),
        ("حصيبة", "حصيبه"),
    ],
)
def test_spellings_fold_together(one: str, other: str) -> None:
    """Hyphens, articles and diacritics make no difference."""
    assert fold(one) == fold(other) != ""


def test_flows_and_other_counts_are_never_spread() -> None:
    """'350,000 fled' puts nobody anywhere, but is listed among the figures."""
    flow = figure(350_000.0, measure=Measure.FLOW)
    wounded = figure(40.0, counted="wounded")
    found = picture(BANKS, flow, wounded)
    assert found.people.total_best == pytest.approx(1000)
    assert len(found.figures) == 2


def test_residents_and_displaced_add_up() -> None:
    """A bank holds its residents and those who came."""
    assert north(figure(90.0), figure(50.0, counted="displaced")) == pytest.approx(140)


def test_the_newest_of_the_best_grade_counts() -> None:
    """An agency's count goes before a newer rumour; of equals the newer; a stale one last."""
    agency = figure(200.0, by="agency", letter=Reliability.A, hours_ago=30)
    assert north(agency, figure(900.0)) == pytest.approx(200)
    assert north(figure(100.0, hours_ago=5), figure(120.0, by="b")) == pytest.approx(120)
    stale = figure(200.0, by="agency", letter=Reliability.A, hours_ago=24 * 40)
    found = picture(BANKS, stale, figure(900.0))
    assert found.people.people[IN_NORTH].sum() == pytest.approx(900)
    assert len(found.stale) == 1


def test_figures_that_cannot_both_be_right_are_shown() -> None:
    """200 and 900 at one time contradict each other; 'more than 150' agrees with 200."""
    clash = picture(BANKS, figure(200.0, by="a"), figure(900.0, by="b", hours_ago=2))
    assert [entry.reports for entry in clash.contradictions] == [(1, 0)]
    agrees = figure(None, low=150.0, high=inf, by="b")
    assert picture(BANKS, figure(200.0, by="a"), agrees).contradictions == ()
    flow = figure(900.0, by="b", measure=Measure.FLOW)
    assert picture(BANKS, figure(200.0, by="a"), flow).contradictions == ()
    same = figure(900.0, by="a", hours_ago=2)
    assert picture(BANKS, figure(200.0, by="a"), same).contradictions == ()
    other_place = figure(900.0, by="b", about="South bank")
    assert picture(BANKS, figure(200.0, by="a"), other_place).contradictions == ()


def test_more_than_has_no_upper_bound() -> None:
    """'More than 150' counts 150 and leaves the total open above."""
    found = picture(BANKS, figure(None, low=150.0, high=inf)).people
    assert found.people[IN_NORTH].sum() == pytest.approx(150)
    assert found.total_high == inf
    nothing = picture(BANKS, figure(None, low=0.0, high=inf))
    assert nothing.people.people[IN_NORTH].sum() == pytest.approx(600), "it says nothing"
    assert codes(nothing) == {"figure-without-structures"}


def test_a_part_is_taken_out_of_the_whole() -> None:
    """200 in the whole town, 90 of them in the north: 110 in the south, if so many fit."""
    found = picture(BANKS, in_all(200), figure(90.0))
    assert found.people.people.sum() == pytest.approx(200)
    assert found.people.people[IN_NORTH].sum() == pytest.approx(90)
    assert found.contradictions == ()


def test_what_no_part_covers_is_as_full_as_the_parts() -> None:
    """The whole's best value does not fill the south; it only bounds the sum."""
    found = picture(BANKS, in_all(900, low=100, high=2000), figure(90.0)).people
    south, north = found.people[~IN_NORTH], found.people[IN_NORTH]
    assert north.sum() == pytest.approx(90)
    assert density(south, ~IN_NORTH) == pytest.approx(density(north, IN_NORTH))
    assert (found.total_low, found.total_high) == pytest.approx((100, 2000))
    assert found.rule_code == "picture.people-rule-figures-alike"
    assert f"{np.count_nonzero(south)}" in found.rule


@pytest.mark.parametrize(("low", "high", "kept"), [(5000, 6000, 5000), (20, 50, 50)])
def test_parts_that_do_not_fit_the_whole_are_scaled_and_shown(
    low: int, high: int, kept: int
) -> None:
    """Whole and parts are both named with their numbers, and both are within the bounds."""
    whole = in_all((low + high) / 2, low=low, high=high)
    found = picture(BANKS, whole, figure(90.0, hours_ago=2))
    assert found.people.total_best == pytest.approx(kept)
    assert found.people.total_low <= min(low, 240), "90 in the north, and the south alike"
    assert found.people.total_high >= max(high, 150)
    (clash,) = found.contradictions
    assert clash.reports == (1, 0)
    for number in (f"{low:,}-{high:,}", "mayor: 90", f"{kept:,}"):
        assert number in clash.what
    assert say(clash.code, "en", **dict(clash.values)) == clash.what
    assert "90" in say(clash.code, "ar", **dict(clash.values))


def test_a_small_part_says_little_of_the_rest() -> None:
    """A figure for one house is taken out of the figure for the whole; the rest is not like it."""
    house = str(BANKS.structures.id[np.flatnonzero(IN_NORTH)[0]])
    found = picture(BANKS, in_all(900, low=100, high=2000), figure(40.0, about=house)).people
    assert found.total_best == pytest.approx(900)


def test_a_figure_that_reaches_beyond_the_map_bounds_from_above_only() -> None:
    """'40,000 in this town and the next': the parts stay, and the total may be as high."""
    x_m, y_m = BANKS.structures.x_m.mean(), BANKS.structures.y_m.mean()
    wide = shapely.box(x_m - 60_000, y_m - 60_000, x_m + 60_000, y_m + 60_000)
    found = picture(BANKS, in_all(40_000, low=30_000, high=50_000, where=wide), figure(90.0))
    assert found.people.people[IN_NORTH].sum() == pytest.approx(90)
    assert found.people.total_high == pytest.approx(50_000)
    assert codes(found) == {"figure-beyond-map"}
    alone = picture(BANKS, in_all(40_000, low=30_000, high=50_000, where=wide)).people
    assert alone.total_best <= 6 * BANKS.structures.n + 1e-6


def test_nobody_is_put_into_a_destroyed_house() -> None:
    """People of a place live in what still stands there, by floor area."""
    gone = int(np.flatnonzero(IN_NORTH)[0])
    key = str(BANKS.structures.id[gone])
    found = picture(BANKS, visited(Grade.G3, Verdict.UNFIT, about=key)).people
    assert found.people[gone] == 0
    assert found.people[IN_NORTH].sum() == pytest.approx(600)


def test_floor_area_decides_where_it_is_known() -> None:
    """A house twice as big holds twice as many."""
    homes = np.flatnonzero(
        IN_NORTH & np.isfinite(BANKS.structures.area_m2) & (BANKS.structures.use != "school")
    )
    found = picture(BANKS).people.people[homes] / BANKS.structures.area_m2[homes]
    assert found == pytest.approx(np.full(len(homes), found[0]))


def test_without_any_figure_an_assumption_stands_in_and_says_so() -> None:
    """No figure at all is not nobody: six people a home, by a rule that is named."""
    town = with_uses(BARE, ["house", "school", ""])
    found = picture(town).people
    assert found.basis == "assumed"
    assert found.people.tolist() == [6, 0, 6]
    assert (found.total_low, found.total_high) == (2, 28)
    assert "assumed" in found.rule


def test_what_no_figure_covers_is_assumed_not_empty() -> None:
    """A figure for the camp says nothing of the town around it."""
    camp = tell(
        PeopleSaid(low=50, best=50, high=50, counted="displaced", measure=Measure.STOCK),
        where=at(0, 0),
    )
    found = picture(BARE, camp).people
    assert found.total_best == pytest.approx(50 + 3 * 6)
    assert found.basis == "figures"
    assert "assumption" in found.rule


def test_a_figure_for_nowhere_is_listed_and_not_spread() -> None:
    """A figure for a place that the town does not know is a finding."""
    found = picture(BANKS, figure(90.0, about="Atlantis"))
    assert codes(found) == {"figure-without-structures"}
    assert found.people.total_best == pytest.approx(1000)
    assert len(found.figures) == 1


def test_what_no_figure_covers_is_like_what_most_of_the_town_is() -> None:
    """Where most homes are counted, the others are as full, within wide bounds, and it says so."""
    homes = with_uses(draw("A--B--C--D").town, ["house"] * 4)
    spots = list(zip(homes.structures.x_m, homes.structures.y_m, strict=True))
    three = shapely.MultiPoint(spots[:3]).convex_hull.buffer(1)
    found = picture(homes, in_all(6, where=three)).people
    assert found.people == pytest.approx([2, 2, 2, 2])
    assert (found.total_low, found.total_high) == (7, 20)
    assert found.rule_code == "picture.people-rule-figures-alike"
    nobody = picture(homes, in_all(0, where=three)).people
    assert nobody.people == pytest.approx([0, 0, 0, 6]), "nobody there is not nobody elsewhere"


def test_the_rule_is_told_in_every_language() -> None:
    """The English sentence is the one of its code; there is an Arabic one with the same numbers."""
    for found in (picture(BANKS), picture(BARE), picture(BANKS, in_all(900), figure(90.0))):
        values = dict(found.people.rule_values)
        assert say(found.people.rule_code, "en", **values) == found.people.rule
        assert say(found.people.rule_code, "ar", **values) != found.people.rule


def in_all(
    best: float,
    *,
    low: float | None = None,
    high: float | None = None,
    where: BaseGeometry | None = None,
) -> Report:
    """Let the agency give a figure for the whole town, or for some area in metres."""
    said = PeopleSaid(
        low=best if low is None else low,
        best=best,
        high=best if high is None else high,
        counted="people",
        measure=Measure.STOCK,
    )
    area = where or BANKS.places.shape[0].union(BANKS.places.shape[1]).envelope
    return tell(said, where=degrees(area), by="agency")


def density(people: NDArray[np.float64], some: NDArray[np.bool_]) -> float:
    """Give persons per home and square metre of floor, where the outline is known."""
    area_m2 = BANKS.structures.area_m2[some]
    homes = (people > 0) & np.isfinite(area_m2)
    return float(people[homes].sum() / area_m2[homes].sum())


def with_uses(town: Town, uses: list[str]) -> Town:
    """Give structures a use."""
    return replace(town, structures=replace(town.structures, use=words(uses)))


any_figure = st.builds(
    figure,
    st.floats(0, 5000),
    about=st.sampled_from(["North bank", "South bank", "Atlantis"]),
    counted=st.sampled_from(["residents", "displaced", "wounded"]),
    measure=st.sampled_from(Measure),
    letter=st.sampled_from(Reliability),
    hours_ago=st.integers(0, 900),
)


@st.composite
def areas(draw_one: st.DrawFn) -> Report:
    """Draw a figure with bounds for a box somewhere in the town, some of them far too large."""
    low, best, high = sorted(draw_one(st.tuples(*[st.floats(0, 5000)] * 3)))
    west_m, south_m, east_m, north_m = shapely.total_bounds(BANKS.places.shape)
    x_m, y_m = draw_one(st.floats(west_m, east_m)), draw_one(st.floats(south_m, north_m))
    half_m = draw_one(st.sampled_from([50, 300, 1000, 60_000]))
    box = shapely.box(x_m - half_m, y_m - half_m, x_m + half_m, y_m + half_m)
    open_above = draw_one(st.booleans())
    return in_all(best, low=low, high=inf if open_above else high, where=box)


any_area = areas()


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.lists(any_figure | any_area, max_size=6))
def test_people_are_bounded_and_nobody_is_lost(reports: list[Report]) -> None:
    """Nobody is negative, the total is the sum, the bounds hold it, order does not matter."""
    found = picture(BANKS, *reports).people
    assert (found.people >= 0).all()
    assert found.total_best == pytest.approx(found.people.sum())
    assert found.total_low <= found.total_best + 1e-6
    assert found.total_best <= found.total_high + 1e-6
    again = picture(BANKS, *reversed(reports)).people
    assert again.people.tobytes() == found.people.tobytes()
    assert again.reports == found.reports
