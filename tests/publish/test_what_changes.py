# SPDX-License-Identifier: Apache-2.0
"""What would change a plan, in the words of the products, and whom it serves by neighbourhood."""

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
import shapely
from pypdf import PdfReader

from goldenhour.base.messages import LANGUAGES
from goldenhour.publish import brief
from goldenhour.publish.brief_content import content
from goldenhour.publish.by_place import people_by_place
from goldenhour.publish.explanation_json import explanation_json, next_best_json
from goldenhour.publish.plain import plain
from goldenhour.publish.what_changes import (
    alternative_said,
    fact_said,
    how_said,
    in_its_order,
    next_best_said,
)
from goldenhour.siting.explanation import (
    Alternative,
    Explanation,
    FactKind,
    Flip,
    NextBest,
    OtherSite,
)
from goldenhour.siting.said import Said
from goldenhour.town.town import Places
from tests.plans import SITES, Case, answer


def explained() -> Case:
    """Take a plan that was questioned: one visit, one street, one other plan."""
    case = answer()
    ids = case.town.structures.id
    values = (("added", str(ids[40])), ("dropped", "TSP 1"), ("kept", "120"), ("people", "20"))
    flips = (
        Flip(
            kind=FactKind.SITE_UNFIT,
            said=Said(code="siting.flip-site-unfit", values=(*values, ("name", "TSP 1"))),
            at_most=-20.0,
            is_exact=True,
            structure=SITES[0][1],
            dropped=(str(ids[SITES[0][1]]),),
            people=-20.0,
            people_if_kept=-120.0,
            changes=True,
            added=(str(ids[40]),),
        ),
        Flip(
            kind=FactKind.STREET_CLOSES,
            said=Said(code="siting.flip-street-closes", values=(*values, ("name", "12-13-0"))),
            at_most=inf,
            is_exact=False,
            streets=(4,),
            people=-20.0,
            people_if_kept=-120.0,
            changes=True,
            added=(str(ids[40]),),
        ),
    )
    other = Alternative(
        sites=tuple(
            OtherSite(
                tier=tier, structure=row + 1, structure_id=str(ids[row + 1]), is_elsewhere=row > 3
            )
            for tier, row in SITES
        ),
        people=300.0,
        people_fewer=12.0,
        gap_share=0.041,
        n_elsewhere=2,
    )
    explanation = Explanation(
        next_best=(
            NextBest(structure=40, structure_id=str(ids[40]), people_fewer=20.0),
            NextBest(structure=41, structure_id=str(ids[41]), people_fewer=0.0),
            NextBest(structure=-1, structure_id="", people_fewer=0.0),
        ),
        flips=flips,
        n_examined=9,
        n_left_out=1234,
        left_out_at_most=50.0,
        alternatives=(other,),
    )
    return case._replace(plan=replace(case.plan, explanation=explanation))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_brief_says_every_fact_and_every_alternative(language: str) -> None:
    """Each fact is a sentence, each street has a grid reference, each other site a place."""
    case = explained()
    words = content(case.town, case.picture, case.plan, language)
    assert len(words["changes"]) == 2
    assert "37S" in words["changes"][1]
    assert "1,234" in words["changes_how"]
    assert [site["mgrs"][:3] for site in words["alternatives"][0]["sites"]] == ["37S", "37S"]
    assert "4.1" in words["alternatives"][0]["said"]
    why = [site["why"][-1] for site in words["sites"]]
    assert str(case.town.structures.id[40]) in why[0]
    assert len(set(why)) == 3


def test_the_printed_brief_holds_them(tmp_path: Path) -> None:
    """Both sections are printed, in English and in Arabic."""
    case = explained()
    path = tmp_path / "brief.pdf"
    brief.write(path, **case._asdict())
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)
    assert "Whatwouldchangethisplan" in text
    assert "Otherplansnearlyasgood" in text
    assert "AvisitfindsTSP1unfit" in text


def test_a_plan_that_nobody_questioned_says_so() -> None:
    """Not asked is not the same as nothing found."""
    case = answer()
    words = content(case.town, case.picture, case.plan, "en")
    assert "cut short" in words["changes_how"]
    assert words["changes"] == words["alternatives"] == []
    told = explanation_json(case.town, case.plan)
    assert told["facts"] is None
    assert told["alternatives"] is None
    assert next_best_json(case.plan, 0) is None
    assert next_best_said(case.town, case.plan, 0) == ()


def test_nothing_found_is_said_too() -> None:
    """If no fact matters, the reader is told how many were tried."""
    case = explained()
    why = case.plan.explanation
    assert why is not None
    quiet = replace(case.plan, explanation=replace(why, flips=(), alternatives=()))
    assert how_said(quiet, "en").startswith("No single fact")
    assert "9" in how_said(quiet, "ar")


def test_json_names_what_is_without_bound() -> None:
    """A fact without a proven bound is null, and listed as unbounded."""
    case = explained()
    values, _, unbounded = plain(explanation_json(case.town, case.plan))
    assert values["facts"][1]["at_most"] is None
    assert unbounded == ["facts/1/at_most"]
    assert values["facts"][1]["streets"] == [str(case.town.streets.id[4])]
    assert next_best_json(case.plan, 2) is None


def test_no_bound_gives_no_per_cent() -> None:
    """An alternative whose distance to the best is not known does not say one."""
    case = explained()
    why = case.plan.explanation
    assert why is not None
    assert "%" not in alternative_said(replace(why.alternatives[0], gap_share=inf), 1, "en")


def test_names_keep_their_order_in_arabic() -> None:
    """A label in Arabic text stands between isolates, so that its digits stay behind it."""
    case = explained()
    why = case.plan.explanation
    assert why is not None
    said = fact_said(case.town, why.flips[0])
    assert "\u2068TSP 1\u2069" in in_its_order(said, "ar")
    assert "TSP 1" in in_its_order(said, "en")


def test_everybody_is_in_some_neighbourhood_or_outside_all() -> None:
    """People and served add up; of two areas around a home the smaller counts."""
    case = answer()
    x_m, y_m = case.town.structures.x_m, case.town.structures.y_m
    half = shapely.box(x_m.min() - 1, y_m.min() - 1, np.median(x_m), y_m.max() + 1)
    corner = shapely.box(x_m.min() - 1, y_m.min() - 1, np.quantile(x_m, 0.2), np.median(y_m))
    words = np.array(["big", "small", "point"], dtype=np.object_)
    places = Places(
        id=words,
        name=words,
        name_ar=words,
        kind=words,
        people=np.full(3, np.nan),
        shape=np.array([half, corner, shapely.Point(0, 0)], dtype=np.object_),
    )
    found = people_by_place(replace(case.town, places=places), case.plan)
    assert [place.id for place in found] == ["big", "small", ""]
    assert sum(place.people for place in found) == pytest.approx(case.plan.home_people.sum())
    served = case.plan.home_people[case.plan.home_served].sum()
    assert sum(place.served for place in found) == pytest.approx(served)
    inside = shapely.contains_xy(corner, x_m, y_m)
    assert found[1].people == pytest.approx(case.plan.home_people[inside].sum())


def test_a_town_without_neighbourhoods_has_one_entry() -> None:
    """Where no area is known, all homes stand outside."""
    case = answer()
    none = np.zeros(0, dtype=np.object_)
    places = Places(id=none, name=none, name_ar=none, kind=none, people=np.zeros(0), shape=none)
    found = people_by_place(replace(case.town, places=places), case.plan)
    assert [place.name for place in found] == [""]
