# SPDX-License-Identifier: Apache-2.0
"""What a planner types, and where it is."""

from dataclasses import replace

import numpy as np
import pytest

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.errors import UnknownPlaceError
from goldenhour.movement.find_place import Spot, find_place
from goldenhour.movement.spelling import fold_name
from tests.plans import Case, answer


@pytest.fixture(scope="module")
def case() -> Case:
    """A town with a north bank, a south bank and an old hospital."""
    return answer()


def find(case: Case, text: str) -> Spot:
    """Find a place."""
    return find_place(case.town, case.picture, text)


def refusal(case: Case, text: str) -> UnknownPlaceError:
    """Ask for something that is not to be found."""
    with pytest.raises(UnknownPlaceError) as caught:
        find(case, text)
    return caught.value


def degrees(case: Case, row: int) -> tuple[float, float]:
    """Longitude and latitude of a structure."""
    structures = case.town.structures
    lon, lat = to_lon_lat(structures.x_m[[row]], structures.y_m[[row]], case.town.crs)
    return float(lon[0]), float(lat[0])


def test_a_structure_is_found_by_its_id(case: Case) -> None:
    """'s-3' is structure 3, to the metre."""
    structures = case.town.structures
    assert find(case, "s-3")[:2] == (structures.x_m[3], structures.y_m[3])


@pytest.mark.parametrize(
    "text", ["North bank", "north  BANK", "North-bank", "الضفة الشمالية", "ضفه شماليه", "p-0"]
)
def test_a_place_is_found_in_any_spelling(case: Case, text: str) -> None:
    """English, Arabic, with or without article and ta marbuta, or by id: one place."""
    assert find(case, text)[:2] == find(case, "North bank")[:2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al-Qā'im", "qaim"),
        ("القائم", "قائم"),
        ("Ḥuṣaybah", "Husayba"),
        ("حصيبة", "حصيبه"),
        ("Ar Rummaneh", "Rummana"),
        ("أبو كمال", "ابو كمال"),
        ("Karabilah (EXERCISE)", "Karabilah"),
        ("الكرابلة (تمرين)", "الكرابلة"),
    ],
)
def test_spellings_of_one_name_fold_together(one: str, other: str) -> None:
    """Diacritics, article and ending do not make another town."""
    assert fold_name(one) == fold_name(other) != ""


def test_different_names_stay_apart() -> None:
    """Folding does not make Ana and Anbar one."""
    folded = [fold_name(name) for name in ("Ana", "Anbar", "Obaidi", "Karabla", "عنة", "هيت")]
    assert len(set(folded)) == len(folded)


def test_a_facility_that_a_report_names_is_a_place(case: Case) -> None:
    """The old hospital is found though no map layer has it."""
    assert find(case, "old hospital")[2] == "Old hospital"


@pytest.mark.parametrize("form", ["{lon},{lat}", "{lon} {lat}", "{lon}، {lat}", "{lon}; {lat}"])
def test_degrees_are_longitude_first(case: Case, form: str) -> None:
    """41.1,34.4 is where it should be, whatever the comma."""
    lon, lat = degrees(case, 3)
    x_m, y_m, _ = find(case, form.format(lon=lon, lat=lat))
    assert np.hypot(x_m - find(case, "s-3")[0], y_m - find(case, "s-3")[1]) < 0.5


def test_eastern_digits_and_marks_are_read(case: Case) -> None:
    """A planner may type the digits, the decimal mark and the comma of Arabic."""
    eastern = {ord(str(digit)): 0x0660 + digit for digit in range(10)}
    eastern |= {ord("."): 0x066B, ord(","): 0x060C}
    assert find(case, "41.10, 34.37".translate(eastern)) == find(case, "41.10, 34.37")


def test_swapped_degrees_are_refused_with_the_right_order(case: Case) -> None:
    """Latitude first is not guessed at: the advice gives the line to type."""
    error = refusal(case, "34.37,41.10")
    assert "latitude" in error.what
    assert error.do.endswith("41.1,34.37")


def test_a_point_outside_is_refused(case: Case) -> None:
    """Mosul is not in this town, in degrees or MGRS."""
    assert "outside" in refusal(case, "43.13,36.34").what
    assert "outside" in refusal(case, "38S LF 31 22").what


def test_an_unknown_name_is_answered_with_near_ones(case: Case) -> None:
    """'Nroth bank' is asked back, not taken."""
    assert "North bank" in refusal(case, "Nroth bank").do
    assert refusal(case, "").code == "GH108"


def test_a_name_of_two_things_is_a_question_back(case: Case) -> None:
    """Two places of one name are both listed with their squares; none is guessed."""
    places = case.town.places
    named = replace(places, name=np.array(["Husaybah", "Husaiba"], dtype=object))
    named.name[1] = "Al-Husaybah"
    twice = case._replace(town=replace(case.town, places=named))
    error = refusal(twice, "husayba")
    assert "2 things" in error.what
    assert error.what.count("37S FU") == 2
    assert "p-0" in error.what
