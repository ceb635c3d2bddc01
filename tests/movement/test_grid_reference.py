# SPDX-License-Identifier: Apache-2.0
"""MGRS as people write it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import UnknownPlaceError
from goldenhour.movement.grid_reference import (
    from_grid_reference,
    is_grid_reference,
    to_grid_reference,
)


def test_al_qaim_has_its_known_reference() -> None:
    """34.39251 N, 40.98945 E is 37S FU 82885 07472."""
    assert to_grid_reference(40.98945, 34.39251) == "37S FU 82885 07472"


@pytest.mark.parametrize(
    "text", ["37S FU 82885 07472", "37sfu8288507472", " 37 S FU 82885 07472 ", "37SFU 8288507472"]
)
def test_spaces_and_small_letters_do_not_matter(text: str) -> None:
    """However it is typed, it is the same square."""
    lon, lat, reference = from_grid_reference(text)
    assert (lon, lat) == pytest.approx((40.98945, 34.39251), abs=1e-4)
    assert reference == "37S FU 82885 07472"


def test_a_short_reference_means_the_middle_of_its_square() -> None:
    """37S FU 82 07 is a square kilometre; its middle is taken and its precision kept."""
    lon, lat, reference = from_grid_reference("37SFU8207")
    assert reference == "37S FU 82 07"
    assert to_grid_reference(lon, lat, precision=3) == "37S FU 825 075"


@pytest.mark.parametrize(
    "text",
    ["37S FU 82885 0747", "37S IU 82 07", "38S FU 82 07", "61S FU 82 07", "37S AU 82885 07472",
     "37S FU 123456 123456", "nonsense"],
)  # fmt: skip
def test_an_impossible_reference_is_refused(text: str) -> None:
    """A wrong letter, a wrong zone or an odd digit is an error, never another place."""
    with pytest.raises(UnknownPlaceError):
        from_grid_reference(text)


def test_a_wrong_square_is_answered_with_the_proper_one() -> None:
    """Square AU of zone 37 would lie in zone 36; the advice says what it is called there."""
    with pytest.raises(UnknownPlaceError) as caught:
        from_grid_reference("37S AU 82885 07472")
    assert "36S YD" in caught.value.do


def test_names_are_not_taken_for_references() -> None:
    """'Al Qaim' and 's-12' are no MGRS."""
    assert not any(is_grid_reference(text) for text in ("Al Qaim", "s-12", "12", "القائم"))


@pytest.mark.laws
@settings(deadline=None)
@given(st.floats(36, 48), st.floats(29, 38))
def test_there_and_back_is_the_same_metre(lon: float, lat: float) -> None:
    """Any point of Iraq and Syria comes back within a metre and a half."""
    back_lon, back_lat, _ = from_grid_reference(to_grid_reference(lon, lat))
    assert abs(back_lat - lat) < 1.5 / 110_000
    assert abs(back_lon - lon) < 1.5 / 86_000
