# SPDX-License-Identifier: Apache-2.0
"""The picture as a whole: what is known at a moment, and every value down to its reports."""

import random
import time
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base import facts, messages
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.picture.work_out import work_out
from goldenhour.reports.report import Report
from goldenhour.reports.said import CareSaid, ClaimSaid, DamageSaid, Measure
from goldenhour.sources import strikes, unosat
from tests.picture.saying import (
    DAY,
    HOUR,
    ONE_DAY,
    at,
    codes,
    graded,
    picture,
    street,
    tell,
    town_around,
    visited,
)
from tests.strategies import reports
from tests.towns import draw, make_town

TOWN = draw("A--B").town


def test_an_empty_ledger_is_a_picture_of_what_is_unknown() -> None:
    """Nothing reported: all damage U, all streets UNKNOWN, no hazard, people by rule."""
    found = picture(TOWN)
    assert (found.damage.p_grade[:, Grade.U] == 1).all()
    assert (found.streets.state_vehicle == StreetState.UNKNOWN).all()
    for empty in (found.hazards, found.care, found.figures, found.contradictions, found.stale):
        assert len(empty) == 0
    assert found.findings == ()


def test_what_comes_later_plays_no_part() -> None:
    """Seen later or heard later: not part of today's picture."""
    later = graded("1", seen=DAY + HOUR)
    unheard = street(StreetState.CLOSED)
    unheard = tell(unheard.said, about="A-B", heard=DAY + HOUR)
    assert picture(TOWN, later, unheard).reports == ()
    assert len(picture(TOWN, later, unheard, as_of=DAY + HOUR).reports) == 2


def test_a_moment_needs_a_time_zone() -> None:
    """Without a zone nobody knows which moment is meant."""
    with pytest.raises(InputError, match="time zone"):
        work_out(TOWN, [], as_of=DAY.replace(tzinfo=None))


def test_a_correction_counts_once_it_is_known() -> None:
    """A superseded report is left out, but only from when its correction was heard."""
    wrong = graded("1", seen=DAY - ONE_DAY)
    right = tell(
        DamageSaid(scale="unosat", code="6"), about="s-A", heard=DAY, supersedes=(wrong.id,)
    )
    assert picture(TOWN, wrong, right).reports == (right,)
    assert picture(TOWN, wrong, right, as_of=DAY - HOUR).reports == (wrong,)


def test_a_duplicate_is_one_report() -> None:
    """The same message by two roads counts once."""
    assert len(picture(TOWN, graded("1"), graded("1")).reports) == 1


def test_care_is_the_newest_word_and_goes_stale() -> None:
    """A clinic that worked last week; two sources that disagree; after two weeks nobody knows."""
    works = CareSaid(facility="Al-Salam clinic", tier=Tier.TSP, functioning=Verdict.FIT)
    fails = CareSaid(facility="al salam Clinic", tier=Tier.TSP, functioning=Verdict.UNFIT)
    said = (tell(works, where=at(10, 10), by="a"), tell(fails, where=at(12, 10), by="b"))
    first = said[0]
    assert picture(TOWN, first).care[0].functioning is Verdict.FIT
    both = picture(TOWN, *said)
    assert len(both.care) == 1
    assert len(both.contradictions) == 1
    late = picture(TOWN, first, as_of=DAY + 20 * ONE_DAY)
    assert late.care[0].functioning is Verdict.UNKNOWN
    assert len(late.stale) == 1
    assert codes(picture(TOWN, tell(works, about="Atlantis"))) == {"care-without-place"}


def test_claims_are_listed_with_their_bounds() -> None:
    """A published sentence with a figure is shown; one without has none to show."""
    claim = ClaimSaid(
        text="95 % of the land is free",
        about="territory",
        low=95.0,
        high=95.0,
        unit="% of land",
        measure=Measure.STOCK,
    )
    bare = ClaimSaid(text="people wait", about="need")
    found = picture(TOWN, tell(claim), tell(bare))
    assert [(f.counted, f.low, f.unit) for f in found.figures] == [("territory", 95.0, "% of land")]
    other = ClaimSaid(
        text="half", about="territory", low=50.0, high=60.0, unit="% of land", measure=Measure.STOCK
    )
    clash = picture(TOWN, tell(claim, by="a"), tell(other, by="b"))
    assert len(clash.contradictions) == 1
    assert "95 % of land" in clash.contradictions[0].what


def positions(found: Picture) -> list[int]:
    """List every position of a report that the picture mentions."""
    return [
        *found.damage.evidence.report.tolist(),
        *found.streets.evidence.report.tolist(),
        *(area.report for area in found.hazards),
        *found.people.reports,
        *(point.report for point in found.care),
        *(figure.report for figure in found.figures),
        *(row for entry in found.contradictions for row in entry.reports),
        *(entry.report for entry in found.stale),
    ]


def same(one: Picture, other: Picture) -> bool:
    """Compare two pictures value by value."""
    arrays: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (one.damage.p_grade, other.damage.p_grade),
        (one.damage.verdict, other.damage.verdict),
        (one.damage.evidence.report, other.damage.evidence.report),
        (one.streets.state_vehicle, other.streets.state_vehicle),
        (one.streets.state_stretcher, other.streets.state_stretcher),
        (one.streets.delay_s, other.streets.delay_s),
        (one.streets.rubble_share, other.streets.rubble_share),
        (one.streets.expires_at, other.streets.expires_at),
        (one.streets.evidence.report, other.streets.evidence.report),
        (one.people.people, other.people.people),
    ]
    return (
        all(a.tobytes() == b.tobytes() for a, b in arrays)
        and one.reports == other.reports
        and one.hazards == other.hazards
        and one.care == other.care
        and repr(one.figures) == repr(other.figures)
        and one.contradictions == other.contradictions
        and one.stale == other.stale
        and one.findings == other.findings
    )


@pytest.mark.laws
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        reports(near=at(200, 200), names=("s-1", "s-2", "bridge-0", "row-0-0", "p-0")), max_size=8
    ),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
def test_any_reports_make_a_picture_that_can_be_opened(
    told: list[Report], seed: int, shuffle: random.Random
) -> None:
    """Whatever was said, in whichever order: one picture, all of it backed by reports."""
    town = make_town(seed)
    as_of = max((report.recorded_at for report in told), default=DAY)
    found = picture(town, *told, as_of=as_of)
    assert all(0 <= row < len(found.reports) for row in positions(found))
    assert np.abs(found.damage.p_grade.sum(axis=1) - 1).max() < 1e-6
    mixed = list(told)
    shuffle.shuffle(mixed)
    assert same(found, picture(town, *mixed, as_of=as_of))


@pytest.mark.laws
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9), st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_the_same_ledger_gives_the_same_picture(seed: int, days: list[int]) -> None:
    """Same reports, same moment, same town: the same picture, twice."""
    town = make_town(seed)
    told = [visited(Grade(day), about=f"s-{day}", seen=DAY - day * ONE_DAY) for day in days]
    assert same(picture(town, *told), picture(town, *told))


def test_every_sentence_can_be_said_in_both_languages() -> None:
    """Each sentence of this room has the same placeholders in English and Arabic."""
    for code, said in messages.catalogue("picture").items():
        names = [
            {part[1] for part in Formatter().parse(said[language]) if part[1]}
            for language in messages.LANGUAGES
        ]
        assert names[0] == names[1], code


def test_every_fact_is_tagged_and_sourced() -> None:
    """Each number of this room says where it comes from, and each matrix row sums to one."""
    for name, fact in facts.room("picture").items():
        assert fact.tag in {"S", "C", "R", "A"}, name
        assert fact.source, name
        if name.startswith("confusion_"):
            for row in fact.value.values():
                assert sum(row) == pytest.approx(1, abs=1e-9), name


@pytest.mark.real_data
def test_aleppo_is_worked_out_in_a_moment(real_data: Path) -> None:
    """All damage points and strikes of Aleppo: every point informs one structure, in seconds."""
    folder = real_data / "aleppo"
    told: list[Report] = []
    for module, name in (
        (unosat, "unosat_damage_2015.geojson"),
        (strikes, "strikes_hrw_2013_2015.geojson"),
    ):
        read = module.read(folder / name, recorded_at=DAY, want=None)
        told += read.reports
    town = town_around(told)
    start = time.perf_counter()
    found = picture(town, *told)
    took_s = time.perf_counter() - start
    points = sum(isinstance(report.said, DamageSaid) for report in found.reports)
    assert (found.damage.p_grade[:, Grade.U] < 1).sum() == points
    assert took_s < 8
