# SPDX-License-Identifier: Apache-2.0
"""Dates and numbers as people and programs write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenhour.sources.handwriting import count, day, decimal, moment, whole_day

ARABIC = {ord(str(k)): 0x660 + k for k in range(10)} | {ord(","): 0x66C, ord("."): 0x66B}


@pytest.mark.parametrize(
    "text",
    [
        "2015/04/26",
        "2015-04-26",
        "2015-4-26T00:00:00",
        "20150426",
        "26APR15",
        "26-Apr-15",
        "26 April 2015",
    ],
)
def test_a_clear_date_is_read(text: str) -> None:
    """Year first, compact, or with the month's name."""
    assert day(text) == date(2015, 4, 26)


@pytest.mark.parametrize("text", ["26/04/2015", "spring", "2015-13-01", "30FEB15", "7", "1e9"])
def test_an_unclear_date_is_refused(text: str) -> None:
    """Two numbers that may be month or day, and nonsense, are no date."""
    with pytest.raises(ValueError, match=r"\S"):
        day(text)


@pytest.mark.parametrize("nothing", [None, "", "  ", "Null", "Unk", float("nan"), "1899-12-30"])
def test_an_empty_cell_is_no_date(nothing: object) -> None:
    """Blank, not a number, and the day that programs write for "none"."""
    assert day(nothing) is None


def test_day_first_is_read_where_the_format_says_so() -> None:
    """Some agencies write the day first, and their readers say so."""
    assert day("26/04/2015", day_first=True) == date(2015, 4, 26)


@pytest.mark.laws
@given(st.integers(0, 10**12))
def test_a_count_is_the_same_however_it_is_grouped(number: int) -> None:
    """Commas, spaces, Arabic digits: one number."""
    grouped = f"{number:,}"
    for text in (str(number), grouped, grouped.replace(",", " "), grouped.translate(ARABIC)):
        assert count(text) == number


@pytest.mark.laws
@given(st.floats(-180, 180, allow_nan=False).map(lambda x: round(x, 6)))
def test_a_coordinate_survives_arabic_digits(number: float) -> None:
    """Latin or Arabic-Indic, the same place."""
    text = f"{number:.6f}"
    assert decimal(text.translate(ARABIC)) == decimal(text) == float(text)


@pytest.mark.laws
@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_days_cover_their_whole_time(start: date, n_days: int) -> None:
    """From midnight to the last second, in UTC, and a day reads as itself."""
    seen_from, seen_to = whole_day(start, start + timedelta(days=n_days))
    assert seen_to - seen_from == timedelta(days=n_days + 1, seconds=-1)
    assert day(start.isoformat()) == start
    assert moment(start.isoformat())[0] == seen_from


@pytest.mark.parametrize("text", ["350.000", "1,00", "-3", "inf", "nan people", "5 or 6", "1,2,3"])
def test_an_unclear_count_is_refused(text: str) -> None:
    """A point may part thousands or be a fraction: a person has to say."""
    with pytest.raises(ValueError, match="not clearly a count"):
        count(text)
