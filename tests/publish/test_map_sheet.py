# SPDX-License-Identifier: Apache-2.0
"""The printed map: to scale, complete, light."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from goldenhour.publish.map_sheet import MapSheet, map_sheets
from goldenhour.publish.sheet_frame import UNITS_PER_MM, fit
from goldenhour.publish.sheet_style import key
from goldenhour.publish.svg import line_paths
from tests.plans import Case, answer
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M


def drawn(case: Case) -> MapSheet:
    """Draw a case."""
    return map_sheets(case.town, case.picture, case.plan, case.reach)[0]


def test_the_drawing_is_whole_xml_whatever_the_names() -> None:
    """A place name with markup in it cannot break the sheet."""
    case = answer()
    case.town.places.name[0] = "<script>&\"'\x00"
    root = ET.fromstring(drawn(case).svg)  # noqa: S314 - our own drawing
    assert root.tag.endswith("svg")
    assert any(node.text == "<script>&\"'" for node in root.iter())


def test_a_kilometre_on_the_ground_is_its_share_of_paper() -> None:
    """At 1:25 000, 1,000 m are 40 mm of paper."""
    corners_m = np.array([0.0, 4000.0]), np.array([0.0, 4000.0])
    frame = fit(*corners_m)
    x, _ = frame.to_units(*corners_m)
    assert frame.scale == 30_000
    assert (x[1] - x[0]) / UNITS_PER_MM == pytest.approx(4000 * 1000 / 30_000, abs=0.05)


def test_a_wide_town_turns_the_sheet() -> None:
    """A town along a river is drawn on the long side of the paper."""
    assert fit(np.array([0.0, 9000.0]), np.array([0.0, 1000.0])).landscape
    assert not fit(np.array([0.0, 1000.0]), np.array([0.0, 9000.0])).landscape


def test_every_site_is_on_the_sheet() -> None:
    """No chosen site falls off the paper."""
    case = answer()
    rows = [site.structure for site in case.plan.sites]
    structures = case.town.structures
    assert drawn(case).frame.holds(structures.x_m[rows], structures.y_m[rows]).all()


def test_sites_on_one_spot_are_drawn_apart() -> None:
    """Three sites in one house are three marks, each joined to its place."""
    case = answer()
    sites = tuple(replace(site, structure=3) for site in case.plan.sites)
    svg = drawn(case._replace(plan=replace(case.plan, sites=sites, visits=()))).svg
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    numbers = [node for node in root.iter() if node.get("font-weight") == "bold"]
    spots = {(node.get("x"), node.get("y")) for node in numbers if node.text in {"1", "2"}}
    assert len(spots) == 3


def test_people_off_the_sheet_are_counted() -> None:
    """If far-away people would shrink the sheet, they are left off it and counted in words."""
    case = answer()
    x_m = case.town.structures.x_m.copy()
    x_m[50:] += 80_000
    town = replace(case.town, structures=replace(case.town.structures, x_m=x_m))
    sheet = drawn(case._replace(town=town))
    assert any("100 people live off this sheet" in note for note in sheet.notes["en"])


def test_a_sheet_over_the_zone_line_warns() -> None:
    """East of 42° the grid zone changes; the sheet says not to reckon across the line."""
    case = answer()
    x_m = case.town.structures.x_m + (775_900 - case.town.structures.x_m.mean())
    town = replace(case.town, structures=replace(case.town.structures, x_m=x_m))
    sheet = drawn(case._replace(town=town, reach=()))
    assert any("zone line" in note for note in sheet.notes["en"])


def test_a_line_is_drawn_where_it_lies() -> None:
    """Relative steps add up: the path ends where the line ends."""
    frame = fit(
        np.array([ORIGIN_X_M, ORIGIN_X_M + 1000]), np.array([ORIGIN_Y_M, ORIGIN_Y_M + 1000])
    )
    line = shapely.LineString([(ORIGIN_X_M, ORIGIN_Y_M), (ORIGIN_X_M + 900, ORIGIN_Y_M + 333)])
    d = line_paths(frame, np.array([line], dtype=object))
    start, step = (
        np.array([int(word) for word in re.findall(r"-?\d+", part)]) for part in d[1:].split("l")
    )
    x, y = frame.to_units(*shapely.get_coordinates(line).T)
    assert start.tolist() == [x[0], y[0]]
    assert (start + step).tolist() == [x[1], y[1]]


def test_the_key_has_words_in_both_languages_and_no_protected_emblem() -> None:
    """Every sign is explained twice."""
    entries = key(tsp_clock_s=600.0)
    assert all(entry.words["en"] and entry.words["ar"] for entry in entries)
    assert any("10 min" in entry.words["en"] for entry in entries)


def test_far_apart_sites_get_sheets_that_one_can_walk_by() -> None:
    """Where the overview is too small, every site is on a sheet of 1:25 000 or larger too."""
    case = answer()
    x_m = case.town.structures.x_m.copy()
    for place, site in enumerate(case.plan.sites):
        x_m[site.structure] += 12_000 * place
    town = replace(case.town, structures=replace(case.town.structures, x_m=x_m))
    overview, *details = map_sheets(town, case.picture, case.plan, ())
    assert overview.frame.scale > 100_000
    assert all(sheet.frame.scale <= 25_000 for sheet in details)
    for site in case.plan.sites:
        at = town.structures.x_m[[site.structure]], town.structures.y_m[[site.structure]]
        assert any(sheet.frame.holds(*at)[0] for sheet in details)


def test_one_sheet_is_enough_for_a_small_town() -> None:
    """No second sheet is printed where the first can be walked by."""
    case = answer()
    assert len(map_sheets(case.town, case.picture, case.plan, case.reach)) == 1
