# SPDX-License-Identifier: Apache-2.0
"""Neighbours run as one: who is joined with whom, and what holds for them together."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import facts
from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Grade, Tier, Verdict
from goldenhour.reports.said import HazardSaid, HazardStatus
from goldenhour.siting.asking.question import Question
from goldenhour.siting.plan import Plan
from goldenhour.siting.propose import propose
from goldenhour.siting.screening.joined import joined_area_m2, joined_id, joined_said, stands_for
from goldenhour.siting.screening.requirements import RULES
from goldenhour.siting.screening.screen import candidates, screen
from goldenhour.siting.screening.surroundings import Surroundings, drivable
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.siting.screening.verdicts import floor_area_m2
from goldenhour.town.town import Town
from tests.picture.saying import DAY, degrees, graded, picture, tell, visited
from tests.siting.cases import verdict_of
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, make, make_streets, make_structures

FLOOR = RULES.index("floor-area")


def terrace(
    sides_m: list[float], *, gap_m: float = 1.0, names: list[str] | None = None, north_m: float = 15
) -> Town:
    """Put square houses of one storey in a row north of one long street."""
    n = len(sides_m)
    x_m = ORIGIN_X_M + np.cumsum([s / 2 for s in sides_m])
    x_m = x_m + np.concatenate([[0.0], np.cumsum([s / 2 + gap_m for s in sides_m[:-1]])])
    streets = make_streets(
        np.array([(0, 1)], dtype=np.int32),
        x_m=np.array([ORIGIN_X_M - 50, ORIGIN_X_M + 900]),
        y_m=np.full(2, ORIGIN_Y_M),
        names=["long street"],
    )
    structures = make_structures(
        names or [f"h-{at}" for at in range(n)],
        x_m=x_m,
        y_m=np.full(n, ORIGIN_Y_M + north_m),
        side_m=np.array(sides_m),
    )
    one_storey = np.ones(n, dtype=np.float32)
    return make(streets, replace(structures, storeys=one_storey))


def hospital(town: Town, *reports: object) -> TierScreening:
    """Screen for field hospitals."""
    return screen(town, picture(town, *reports)).of(Tier.FIELD_HOSPITAL)  # type: ignore[arg-type] # reports of several helpers


def test_two_houses_become_one_hospital() -> None:
    """Two houses of 484 and 400 square metres pass together, and the larger stands for both."""
    town = terrace([20.0, 22.0, 8.0])
    found = hospital(town)
    assert candidates(found).tolist() == [False, True, False]
    assert found.group.tolist() == [1, 1, 2]
    assert found.parts(1) == (1, 0)
    assert joined_id(town, found, 1) == "h-0+h-1"
    least_m2, _ = floor_area_m2(town, picture(town))
    assert joined_area_m2(found, least_m2).round().tolist() == [400, 884, 64]
    (said,) = joined_said(town, found, 1, least_m2)
    assert dict(said.values) == {"structures": "h-0", "area": "884"}
    assert stands_for(found, np.array([0, 2])).tolist() == [1, 2]


def test_a_house_large_enough_alone_is_not_joined() -> None:
    """What needs nobody stays by itself, and its small neighbour stays too small."""
    found = hospital(terrace([30.0, 20.0]))
    assert found.group.tolist() == [0, 1]
    assert candidates(found).tolist() == [True, False]


@pytest.mark.parametrize("gap_m", [2.9, 3.1])
def test_houses_are_joined_across_a_few_metres_only(gap_m: float) -> None:
    """Up to the gap in the facts they are neighbours, beyond it they are not."""
    assert facts.number("requirements.joined_gap_m") == 3
    assert bool(candidates(hospital(terrace([22.0, 22.0], gap_m=gap_m))).any()) == (gap_m < 3)


def test_no_more_houses_than_can_be_run_as_one() -> None:
    """Five houses that only together are large enough are not joined; four that suffice are."""
    assert facts.number("requirements.joined_most") == 4
    assert not candidates(hospital(terrace([13.0] * 5))).any()  # 845 square metres
    assert candidates(hospital(terrace([15.0] * 4))).sum() == 1  # 900 square metres


def test_houses_on_different_streets_are_not_joined() -> None:
    """Back to back is not enough: an ambulance must reach both from the same street."""
    town = terrace([22.0, 22.0])
    x_m = float(town.structures.x_m[0])
    nodes_x = np.append(town.streets.node_x_m, [x_m - 11.2, x_m - 11.2])
    nodes_y = np.append(town.streets.node_y_m, [ORIGIN_Y_M + 4, ORIGIN_Y_M + 60])
    streets = make_streets(
        np.array([(0, 1), (2, 3)], dtype=np.int32), x_m=nodes_x, y_m=nodes_y, names=["long", "lane"]
    )
    assert not candidates(hospital(replace(town, streets=streets))).any()


def test_one_refused_part_refuses_them_all() -> None:
    """A hazard at one of two houses leaves none of them."""
    town = terrace([22.0, 22.0])
    spot = shapely.Point(town.structures.x_m[0], town.structures.y_m[0] + 40)
    said = HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED, radius_m=1.0)
    assert not candidates(hospital(town, tell(said, where=degrees(spot)))).any()
    assert not candidates(hospital(town, graded("1", about="h-0"))).any()


def test_the_worst_verdict_of_the_parts_counts() -> None:
    """Where one house was found fit and its neighbour was not visited, both are unvisited."""
    town = terrace([22.0, 20.0])
    alone = visited(Grade.G0, about="h-0", seen=DAY)
    found = hospital(town, alone)
    for rule in ("visit", "water", "damage"):
        assert verdict_of(found, 0, rule) is Verdict.UNKNOWN
    both = hospital(town, alone, visited(Grade.G0, about="h-1", seen=DAY))
    for rule in ("visit", "water", "floor-area"):
        assert verdict_of(both, 0, rule) is Verdict.FIT


QUESTION = Question(n_tsp=1, n_field_hospitals=1)


def planned(question: Question) -> Plan:
    """Plan on two houses that are joined, and a small one beside them."""
    town = terrace([20.0, 22.0, 12.0])
    known = picture(town)
    return propose(town, known, screen(town, known), question)


def test_a_plan_says_that_a_site_is_joined_and_keeps_other_care_out_of_its_parts() -> None:
    """The hospital takes both houses, says so, and the stabilisation point stands elsewhere."""
    tsp, hospital_site = planned(QUESTION).sites
    assert hospital_site.structure_id == "h-1"
    assert tsp.structure_id == "h-2"
    said = [entry for entry in hospital_site.reasons if entry.code == "siting.joined-with"]
    assert [dict(entry.values)["structures"] for entry in said] == ["h-0"]


@pytest.mark.parametrize("wish", ["h-0+h-1", "field_hospital=h-0+h-1", "field_hospital=h-0"])
def test_joined_houses_can_be_demanded_by_their_names(wish: str) -> None:
    """Both ids, or one of them, demand the joined site."""
    plan = planned(replace(QUESTION, forced=(wish,)))
    assert [site.structure_id for site in plan.sites][1] == "h-1"


@pytest.mark.parametrize(
    "question",
    [
        replace(QUESTION, forbidden=("h-0",)),
        replace(QUESTION, forbidden=("h-0+h-1",)),
        replace(QUESTION, forced=("tsp=h-0",)),
    ],
    ids=["forbidden-part", "forbidden-both", "other-care"],
)
def test_taking_one_house_away_leaves_no_hospital(question: Question) -> None:
    """A part that is forbidden, or demanded for other care, is not there to be joined."""
    with pytest.raises(NoPlanError):
        planned(question)


def test_houses_that_are_not_joined_cannot_be_demanded_together() -> None:
    """Naming two houses that are not run as one is refused with their names."""
    with pytest.raises(NoPlanError, match="'h-0\\+h-2' is forced"):
        planned(replace(QUESTION, forced=("h-0+h-2",)))


def random_town(seed: int) -> Town:
    """Put a few terraces of houses of any size along one street, some gaps too wide."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = 30
    sides_m = rng.uniform(6, 29, n)
    gaps_m = np.where(rng.random(n) < 0.25, 8.0, 1.0)
    x_m = ORIGIN_X_M + np.cumsum(sides_m / 2 + np.concatenate([[0], sides_m[:-1] / 2 + gaps_m[1:]]))
    town = terrace([20.0] * n)
    structures = make_structures(
        [f"h-{at}" for at in range(n)],
        x_m=x_m,
        y_m=np.full(n, ORIGIN_Y_M + 20),
        side_m=sides_m,
        use=rng.choice(["", "police", "school", "house"], n, p=[0.5, 0.01, 0.04, 0.45]),
    )
    storeys = rng.choice([1.0, 2.0, np.nan], n).astype(np.float32)
    return replace(town, structures=replace(structures, storeys=storeys))


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_groups_keep_every_promise(seed: int) -> None:
    """Joined structures touch, share a street, suffice together, and none is refused otherwise."""
    town = random_town(seed)
    known = picture(town)
    screening = screen(town, known)
    around = Surroundings.of(town)
    street = around.beside(drivable(town), 100.0).street
    least_m2, most_m2 = floor_area_m2(town, known)
    for found in screening.tiers:
        needed_m2 = found.requirements.floor_area_m2
        for head in np.unique(found.group[found.group != np.arange(town.structures.n)]):
            parts = np.array(found.parts(int(head)))
            assert 2 <= len(parts) <= 4
            assert least_m2[parts].sum() >= needed_m2
            assert (most_m2[parts] < needed_m2).all()
            assert least_m2[head] == least_m2[parts].max()
            assert len(set(street[parts].tolist())) == 1
            assert connected(around, parts)
            others = np.delete(found.verdict[parts], FLOOR, axis=1)
            assert (others != Verdict.UNFIT).all()
            assert candidates(found)[head]
            assert (found.verdict[parts[1:], FLOOR] == Verdict.UNFIT).all()
        assert (found.group[found.group] == found.group).all()


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 29))
def test_a_danger_at_one_house_makes_no_other_house_a_candidate(seed: int, row: int) -> None:
    """Breaking a group up does not free its houses for another group."""
    town = random_town(seed)
    spot = shapely.Point(town.structures.x_m[row], town.structures.y_m[row])
    said = HazardSaid(hazard="mass_grave", status=HazardStatus.CONFIRMED, radius_m=1.0)
    before = screen(town, picture(town))
    after = screen(town, picture(town, tell(said, where=degrees(spot))))
    for was, now in zip(before.tiers, after.tiers, strict=True):
        assert not candidates(now)[row]
        assert not (candidates(now) & ~candidates(was)).any()


def connected(around: Surroundings, parts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> bool:
    """Whether some structures hang together, each within the gap of another."""
    reached = {int(parts[0])}
    for _ in parts:
        for row in parts.tolist():
            away_m = [shapely.distance(around.body[row], around.body[other]) for other in reached]
            if min(away_m) <= 3:
                reached.add(row)
    return reached == set(parts.tolist())


def test_a_group_has_one_name_however_its_rows_are_ordered() -> None:
    """Turning the list of houses round gives the same joined name."""
    town = terrace([20.0, 22.0], names=["b", "a"])
    turned = terrace([22.0, 20.0], names=["a", "b"])
    names = {
        joined_id(t, found, int(np.flatnonzero(candidates(found))[0]))
        for t, found in ((town, hospital(town)), (turned, hospital(turned)))
    }
    assert names == {"a+b"}


def test_without_joining_everybody_stands_alone() -> None:
    """A screening that knows no groups gives each structure itself, with its own area."""
    verdict = np.zeros((3, len(RULES)), dtype=np.int8)
    alone = TierScreening(tier=Tier.TSP, rules=RULES, verdict=verdict)
    assert alone.parts(1) == (1,)
    assert stands_for(alone, np.array([0, 2])).tolist() == [0, 2]
    area_m2 = np.array([1.0, np.nan, 3.0])
    assert np.array_equal(joined_area_m2(alone, area_m2), area_m2, equal_nan=True)
    assert Screening(tiers=(alone,)).profiles.as_words() == {}
