# SPDX-License-Identifier: Apache-2.0
"""What people say of the town: blurred as stated, late, doubled, disputed, and never the truth."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
import shapely

from goldenhour.base import facts
from goldenhour.base.grades import StreetState, Tier, Verdict
from goldenhour.exercise.exercise import Exercise
from goldenhour.exercise.from_the_sky import seen_as
from goldenhour.exercise.pinned import pinned, to_plan
from goldenhour.reports.report import Report
from goldenhour.reports.said import (
    CareSaid,
    ClaimSaid,
    DamageSaid,
    HazardSaid,
    HazardStatus,
    PeopleSaid,
    ReportKind,
    StreetSaid,
    VisitSaid,
)
from goldenhour.reports.wire import from_json, to_json
from goldenhour.town.layers import LayerKind

LAST_IMAGE = np.datetime64("2017-11-06T08:20:00")


def of_kind(exercise: Exercise, kind: ReportKind) -> list[Report]:
    """Reports of one kind."""
    return [report for report in exercise.reports if report.kind is kind]


def points_m(reports: list[Report]) -> np.ndarray:
    """Where reports are, in plan metres."""
    return to_plan(shapely.get_coordinates([report.where for report in reports]))


def code_of(report: Report) -> str:
    """Native code of a damage report."""
    assert isinstance(report.said, DamageSaid)
    return report.said.code


def unosat_like(exercise: Exercise) -> list[Report]:
    """Damage points of the last image."""
    return [
        report
        for report in of_kind(exercise, ReportKind.DAMAGE)
        if isinstance(report.said, DamageSaid)
        and report.said.scale == "unosat"
        and np.datetime64(report.seen_from.replace(tzinfo=None)) == LAST_IMAGE
    ]


def test_every_kind_of_report_is_there(small: Exercise) -> None:
    """An exercise trains on every kind, and every report is what its id says."""
    assert {report.kind for report in small.reports} == set(ReportKind)
    for report in small.reports:
        assert from_json(to_json(report)) == report


def test_reports_come_in_the_order_in_which_they_are_heard(small: Exercise) -> None:
    """Oldest first, none seen after it was recorded, all within the story."""
    heard = [report.recorded_at for report in small.reports]
    assert heard == sorted(heard)
    for report in small.reports:
        assert report.seen_from <= report.seen_to <= report.recorded_at
        assert report.seen_to <= small.as_of
        assert report.recorded_at.year == 2017


@pytest.mark.parametrize("matrix", ["unosat_like", "ems_like", "visit_like"])
def test_grades_are_blurred_as_the_facts_state(matrix: str) -> None:
    """Seen grades follow the confusion matrix row by row, whose rows sum to one."""
    rows = np.array(facts.fact(f"exercise.{matrix}").value)
    assert rows.sum(axis=1) == pytest.approx(np.ones(4))
    n = 20_000
    chance = np.random.Generator(np.random.PCG64(1)).random(n)
    for grade in range(4):
        seen = seen_as(np.full(n, grade, dtype=np.int8), rows.tolist(), chance)
        assert np.bincount(seen, minlength=4) / n == pytest.approx(rows[grade], abs=0.01)


def test_satellite_points_are_as_many_as_the_matrix_says(town: Exercise) -> None:
    """The codes on the last image add up to what the true grades of that day would give."""
    truth = town.truth
    there = np.where(truth.damaged_at <= LAST_IMAGE, truth.grade, 0)
    matrix = np.array(facts.fact("exercise.unosat_like").value)
    expected = np.bincount(there, minlength=4) @ matrix
    codes = Counter(code_of(report) for report in unosat_like(town))
    seen = np.array([codes["3"] + codes["4"], codes["2"], codes["1"]])
    assert seen == pytest.approx(expected[1:], rel=0.12)
    assert codes["4"] > 0
    assert set(codes) == {"1", "2", "3", "4"}


def test_satellite_points_lie_about_where_the_damage_is(town: Exercise) -> None:
    """Points are off by some metres, name no structure, and list damaged sites only."""
    reports = unosat_like(town)
    table = next(one.table for one in town.layers if one.kind is LayerKind.STRUCTURES)
    inside = table.geometry.representative_point()
    xy_m = to_plan(np.column_stack([inside.x, inside.y]))
    off_m = np.array([np.hypot(*(xy_m - at).T).min() for at in points_m(reports)[:400]])
    assert 1.0 < np.median(off_m) < 10.0
    assert not any(report.about for report in of_kind(town, ReportKind.DAMAGE))
    assert len(reports) < len(table)


def test_rapid_mapping_uses_its_own_words(town: Exercise) -> None:
    """Part of the area is graded in words, some of it Unknown."""
    words = Counter(
        report.said.code
        for report in of_kind(town, ReportKind.DAMAGE)
        if isinstance(report.said, DamageSaid) and report.said.scale == "ems-2016"
    )
    assert {"Unknown", "Not Affected", "Highly Damaged", "Completely Destroyed"} <= set(words)
    assert 0 < sum(words.values()) < len(town.truth.grade) / 2


def test_messages_come_twice_late_and_after_the_plan(small: Exercise) -> None:
    """Some messages are sent again word for word, some arrive days late, some after the moment."""
    streets = of_kind(small, ReportKind.STREET)
    ids = Counter(report.id for report in streets)
    assert max(ids.values()) > 1
    assert any(report.recorded_at > small.as_of for report in streets)
    assert any(report.recorded_at - report.seen_to > timedelta(days=2) for report in streets)
    reworded = Counter(
        (report.source.name, report.where.wkt if report.where else "") for report in streets
    )
    assert max(reworded.values()) > 1
    assert any(r.valid_until and r.valid_until < small.as_of for r in streets)


def test_drivers_contradict_each_other_and_are_sometimes_wrong(town: Exercise) -> None:
    """One street is called open and closed on one day; most messages are right."""
    state = dict(zip(town.truth.street_id, town.truth.state_vehicle, strict=True))
    said: dict[str, set[StreetState]] = {}
    right = []
    for report in of_kind(town, ReportKind.STREET):
        if report.about and isinstance(report.said, StreetSaid):
            said.setdefault(report.about, set()).add(report.said.state)
            right.append(report.said.state == state[report.about])
    assert any({StreetState.OPEN, StreetState.CLOSED} <= states for states in said.values())
    assert 0.7 < np.mean(right) < 1.0


def test_figures_of_people_disagree_and_none_is_the_truth(town: Exercise) -> None:
    """UN, mayor and NGO count different things; only areas, never single houses, are counted."""
    inside = town.truth.people.sum()
    figures = [
        report
        for report in of_kind(town, ReportKind.PEOPLE)
        if isinstance(report.said, PeopleSaid) and report.said.counted == "residents"
    ]
    best = [report.said.best for report in figures if isinstance(report.said, PeopleSaid)]
    assert len({report.source.name for report in figures}) >= 3
    assert max(filter(None, best)) > 1.1 * inside
    for report in figures:
        assert report.where is not None
        assert report.where.area > 1e-6


def test_news_is_unconfirmed_and_has_no_place(small: Exercise) -> None:
    """Claims of the dispatch keep their figures and move nothing."""
    claims = [r.said for r in of_kind(small, ReportKind.CLAIM) if isinstance(r.said, ClaimSaid)]
    assert {63_000.0, 350_000.0, 95.0, 4_400_000.0} <= {claim.low for claim in claims}
    assert all(not claim.confirmed for claim in claims)
    assert all(report.where is None for report in of_kind(small, ReportKind.CLAIM))


def test_haditha_is_the_referral_hospital_at_the_towns_public_point(small: Exercise) -> None:
    """The one working hospital is placed at its town; the exercise's own hospital is looted."""
    cares = of_kind(small, ReportKind.CARE)
    working = [
        report
        for report in cares
        if isinstance(report.said, CareSaid) and report.said.functioning is Verdict.FIT
    ]
    assert len(working) == 1
    said = working[0].said
    assert isinstance(said, CareSaid)
    assert (said.tier, said.beds) == (Tier.REFERRAL, 200)
    haditha = pinned("haditha")
    assert shapely.get_coordinates(working[0].where)[0] == pytest.approx(
        [haditha.lon, haditha.lat], abs=1e-5
    )
    hospital = small.truth.use == "hospital"
    assert hospital.sum() == 1
    assert not small.truth.fit_tsp[hospital].any()


def test_hazards_are_drawn_off_one_is_missing_and_one_false(small: Exercise) -> None:
    """No reported area is a true area, and a statement claims one of them is cleared."""
    true = {area.shape.wkb for area in small.truth.areas}
    reports = of_kind(small, ReportKind.HAZARD)
    said = [report.said for report in reports if isinstance(report.said, HazardSaid)]
    drawn = [r for r in reports if "spokesman" not in r.source.name]
    assert not true & {report.where.wkb for report in drawn if report.where}
    assert {one.status for one in said} >= {
        HazardStatus.SUSPECTED,
        HazardStatus.CONFIRMED,
        HazardStatus.CLEARED,
    }


def test_visits_err_and_disagree(town: Exercise) -> None:
    """Two visits to one structure differ; what a team saw is mostly, not always, so."""
    grade = dict(zip(town.truth.structure_id, town.truth.grade, strict=True))
    seen: dict[str, list[int]] = {}
    for report in of_kind(town, ReportKind.VISIT):
        assert isinstance(report.said, VisitSaid)
        seen.setdefault(report.about, []).append(int(report.said.grade))
    assert any(len(set(grades)) > 1 for grades in seen.values())
    right = [grade[about] == one for about, grades in seen.items() for one in grades]
    assert np.mean(right) > 0.5
    assert len(seen) < 0.05 * len(town.truth.grade)


def test_somebody_knows_of_every_bridge(small: Exercise) -> None:
    """Engineers found two bridges closed and one slow; a resident had called all three open."""
    streets = next(one.table for one in small.layers if one.kind is LayerKind.STREETS)
    bridges = set(streets["id"][streets["bridge"]])
    said = [
        (report.about, report.said.state)
        for report in of_kind(small, ReportKind.STREET)
        if isinstance(report.said, StreetSaid) and "engineers" in report.source.name
    ]
    assert {about for about, _ in said} == bridges
    assert sorted(state for _, state in said) == [
        StreetState.RESTRICTED,
        StreetState.CLOSED,
        StreetState.CLOSED,
    ]
