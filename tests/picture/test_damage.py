# SPDX-License-Identifier: Apache-2.0
"""Damage as a distribution: from native codes, with unknown as a value of its own."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.grades import Grade, Verdict
from goldenhour.picture.grading import column, is_silent
from goldenhour.picture.work_out import work_out
from goldenhour.reports.report import Report
from tests.picture.saying import DAY, HOUR, ONE_DAY, codes, graded, picture, visited
from tests.towns import draw

TOWN = draw("A-B-C").town
PRIOR = (0.80, 0.08, 0.06, 0.06)
CODES = ("1", "2", "3", "6", "4", "11", "5", "", "what?")


def p_of(*reports: Report) -> NDArray[Any]:
    """Work out the damage of structure A."""
    row: NDArray[Any] = picture(TOWN, *reports).damage.p_grade[0]
    return row


def test_no_report_is_all_unknown() -> None:
    """A structure without a map entry is not undamaged."""
    assert p_of().tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("code", ["5", "", "Null", "Unknown", "Not Applicable", "what?"])
def test_a_code_that_says_nothing_leaves_it_unknown(code: str) -> None:
    """Looked at and not analysed, or a code that we do not know, is no evidence."""
    assert p_of(graded(code, scale="ems")).tolist() == [0, 0, 0, 0, 1]


def test_an_unknown_code_is_a_finding_and_a_silent_one_is_not() -> None:
    """A word missing from the crosswalk is told; "Unknown" needs no telling."""
    assert codes(picture(TOWN, graded("what?"))) == {"unknown-damage-code"}
    assert codes(picture(TOWN, graded("Unknown", scale="ems"))) == set()
    assert codes(picture(TOWN, graded("1", scale="rumour"))) == {"unknown-damage-code"}
    assert not is_silent("rumour", "unknown")


def test_one_code_is_bayes_rule_by_hand() -> None:
    """UNOSAT 'destroyed': prior times column, made to sum to one."""
    by_hand = np.array(PRIOR) * [0.001, 0.02, 0.15, 0.70]
    assert p_of(graded("1"))[:4] == pytest.approx(by_hand / by_hand.sum(), abs=1e-6)


def test_sources_that_look_from_above_count_less_together() -> None:
    """Two optical sources each count 1 / 1.6; a third looker on the ground counts fully."""
    w = 1 / 1.6
    by_hand = np.array(PRIOR) * np.power([0.001, 0.02, 0.15, 0.70], w)
    by_hand *= np.power([0.008, 0.08, 0.32, 0.22], w)
    reports = [graded("1"), graded("Highly damaged", scale="ems-2016", by="EMS")]
    assert p_of(*reports)[:4] == pytest.approx(by_hand / by_hand.sum(), abs=1e-6)
    by_hand *= [0.002, 0.01, 0.04, 0.96]
    ground = graded("D5", scale="ems-98", by="engineer")
    assert p_of(*reports, ground)[:4] == pytest.approx(by_hand / by_hand.sum(), abs=1e-6)


def test_possible_damage_is_weak_evidence_not_none() -> None:
    """Code 4 raises the chance of damage, but far less than code 3."""
    intact, possible, moderate = (p_of(graded(c))[Grade.G0] for c in ("6", "4", "3"))
    assert intact > PRIOR[0] > possible > moderate


def test_not_affected_from_space_is_weak_evidence() -> None:
    """The words 'Not affected' never rule out damage."""
    assert 0.8 < p_of(graded("Not affected", scale="ems-2016"))[Grade.G0] < 0.97


@pytest.mark.parametrize(
    ("scale", "code", "grade"),
    [
        ("unosat", "1", Grade.G3),
        ("unosat", " 2.0", Grade.G2),
        ("ems-2016", "Completely Destroyed", Grade.G3),
        ("ems", "DESTROYED", Grade.G3),
        ("ems", "Damaged", Grade.G2),
        ("xbd", "minor-damage", Grade.G1),
        ("atc-20", "UNSAFE", Grade.G3),
        ("ems-98", "D4", Grade.G2),
    ],
)
def test_native_words_are_found(scale: str, code: str, grade: Grade) -> None:
    """Codes are found whatever their case and blanks."""
    found = column(scale, code)
    assert found is not None
    assert found.grade is grade


def test_damage_grows_from_epoch_to_epoch() -> None:
    """Of one source the worst epoch counts: rubble that was cleared is no repair."""
    worse = p_of(graded("3"), graded("1", seen=DAY - ONE_DAY))
    assert worse == pytest.approx(p_of(graded("1")))


def test_a_visit_outranks_satellites_seen_until_then() -> None:
    """Three products say destroyed; the team that stood in front of it says slight."""
    sky = [graded("1", by=name, seen=DAY - ONE_DAY) for name in ("a", "b", "c")]
    found = picture(TOWN, *sky, visited(Grade.G0, area_m2=350.0))
    assert found.damage.p_grade[0].argmax() == Grade.G0
    assert found.damage.p_grade[0] == pytest.approx(p_of(visited(Grade.G0)))
    assert found.damage.visited[0]
    assert found.damage.verdict[0] == Verdict.FIT
    assert found.damage.visit_area_m2[0] == 350.0
    assert len(found.damage.evidence.of(0)) == 4, "the satellites are still shown"


def test_a_visit_goes_stale() -> None:
    """After a month a fit structure has to be looked at again; a destroyed one stays destroyed."""
    late = DAY + 31 * ONE_DAY
    fit = picture(TOWN, visited(Grade.G0), as_of=late)
    assert not fit.damage.visited[0]
    assert fit.damage.verdict[0] == Verdict.UNKNOWN
    assert fit.damage.p_grade[0, Grade.U] == 1
    assert [entry.since for entry in fit.stale] == [DAY + 30 * ONE_DAY]
    gone = picture(TOWN, visited(Grade.G3, Verdict.UNFIT), as_of=late)
    assert gone.damage.p_grade[0].argmax() == Grade.G3


def test_severe_damage_seen_after_a_visit_sets_it_aside() -> None:
    """Fit yesterday, destroyed on this morning's image: it has to be looked at again."""
    found = picture(TOWN, visited(Grade.G0, seen=DAY - ONE_DAY), graded("1", seen=DAY))
    assert not found.damage.visited[0]
    assert found.damage.p_grade[0].argmax() == Grade.G3
    assert [entry.since for entry in found.stale] == [DAY]
    intact = picture(TOWN, visited(Grade.G2, Verdict.UNFIT, seen=DAY - ONE_DAY), graded("6"))
    assert intact.damage.p_grade[0].argmax() == Grade.G2, "no image repairs a house"


def test_visits_that_disagree_are_both_shown_and_the_newest_counts() -> None:
    """Two teams, two verdicts: the newer one counts, newest first in the list."""
    found = picture(
        TOWN,
        visited(Grade.G0, Verdict.FIT, by="team 1", seen=DAY - HOUR),
        visited(Grade.G2, Verdict.UNFIT, by="team 2"),
    )
    assert found.damage.verdict[0] == Verdict.UNFIT
    (clash,) = found.contradictions
    assert clash.subject == "structure s-A"
    assert clash.reports == (1, 0)


def test_of_two_verdicts_at_one_moment_the_worse_counts() -> None:
    """A tie is never decided in favour of going in."""
    both = [visited(Grade.G0, v, by=v.name) for v in (Verdict.FIT, Verdict.UNFIT)]
    assert picture(TOWN, *both).damage.verdict[0] == Verdict.UNFIT


def test_destroyed_then_intact_is_a_contradiction_but_not_the_other_way() -> None:
    """A house cannot be intact after it was destroyed; it can be destroyed after it was intact."""
    early, late = DAY - ONE_DAY, DAY
    clash = picture(TOWN, graded("1", by="a", seen=early), graded("6", by="b", seen=late))
    assert [entry.reports for entry in clash.contradictions] == [(1, 0)]
    assert "a: 1" in clash.contradictions[0].what
    grown = picture(TOWN, graded("6", by="a", seen=early), graded("1", by="b", seen=late))
    assert grown.contradictions == ()


def test_late_messages_count_from_when_they_are_known() -> None:
    """Seen last week and heard tomorrow plays no part today; tomorrow it has its own age."""
    report = visited(Grade.G0, seen=DAY - 7 * ONE_DAY)
    late = type(report)(
        **{name: getattr(report, name) for name in report.__slots__}
        | {"recorded_at": DAY + ONE_DAY}
    )
    assert not picture(TOWN, late).damage.visited[0]
    assert picture(TOWN, late, as_of=DAY + ONE_DAY).damage.visited[0]
    assert not picture(TOWN, late, as_of=DAY + 24 * ONE_DAY).damage.visited[0]


some_reports = st.lists(
    st.one_of(
        st.builds(
            graded,
            st.sampled_from(CODES),
            about=st.sampled_from(["s-A", "s-B"]),
            by=st.sampled_from(["a", "b", "c"]),
            seen=st.integers(0, 5).map(lambda n: DAY - n * ONE_DAY),
        ),
        st.builds(
            visited,
            st.sampled_from(Grade),
            st.sampled_from(Verdict),
            about=st.sampled_from(["s-A", "s-B"]),
            seen=st.integers(0, 40).map(lambda n: DAY - n * ONE_DAY),
        ),
    ),
    max_size=8,
)


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(some_reports, st.randoms(use_true_random=False))
def test_laws_of_damage(reports: list[Report], shuffle: random.Random) -> None:
    """Rows sum to one; U is all or nothing; order is nothing; every value has its reports."""
    found = picture(TOWN, *reports)
    p = found.damage.p_grade
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-6
    assert set(np.unique(p[:, Grade.U])) <= {0.0, 1.0}
    behind = np.diff(found.damage.evidence.start)
    assert (behind[p[:, Grade.U] == 0] > 0).all()
    assert (behind[found.damage.visited] > 0).all()
    assert behind[2] == 0
    mixed = list(reports) * 2
    shuffle.shuffle(mixed)
    again = work_out(TOWN, mixed, as_of=DAY)
    assert again.damage.p_grade.tobytes() == p.tobytes()
    assert again.reports == found.reports
    assert again.contradictions == found.contradictions
    assert again.stale == found.stale
