# SPDX-License-Identifier: Apache-2.0
"""Where people are: figures spread over structures, and an assumption where there is no figure."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import Grade, Reliability, Verdict
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
    [("Al-Qā'im", "al qaim"), ("القائم", "قائم"), ("El Obaidi", "Obaidi"), ("حصيبة", "حصيبه")],
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
    """1,000 in the whole town, 90 of them in the north: 910 in the south."""
    whole = tell(
        PeopleSaid(low=1000, best=1000, high=1000, counted="people", measure=Measure.STOCK),
        where=degrees(BANKS.places.shape[0].union(BANKS.places.shape[1]).envelope),
    )
    found = picture(BANKS, whole, figure(90.0)).people
    assert found.people.sum() == pytest.approx(1000)
    assert found.people[IN_NORTH].sum() == pytest.approx(90)


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


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.lists(any_figure, max_size=6))
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
