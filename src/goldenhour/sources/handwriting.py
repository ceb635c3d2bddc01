# SPDX-License-Identifier: Apache-2.0
"""Dates and numbers as people and programs write them; what is unclear is refused, not guessed."""

import math
import re
from datetime import UTC, date, datetime, time, timedelta

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_MARKS = {0x066B: ".", 0x066C: ",", 0x060C: ","}  # Arabic decimal, thousands and list separators
_BLANK = frozenset({"", "-", "na", "n/a", "nan", "nat", "none", "null", "unk", "unknown"})
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
_PLAIN = re.compile(r"\d+(\.\d+)?")
_EUROPEAN_GROUPS = re.compile(r"\d{1,3}(\.\d{3})+")  # 350.000: three hundred, or a fraction?
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?")
_NAMED_MONTH = re.compile(r"(\d{1,2})[ -]?([A-Za-z]{3})[a-z]*[ ,-]*(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_EPOCH_MS = re.compile(r"\d{12,13}(\.0)?")
_EMPTY_DATE = date(1899, 12, 30)  # what some programs write where no date is
_CENTURY = 2000
_LAST_SECOND = timedelta(days=1) - timedelta(seconds=1)


def is_blank(value: object) -> bool:
    """
    Say if a cell holds nothing: empty, ``Null``, ``Unk``, not a number.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    is_blank
        True for what programs write where they have nothing.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return str(value).strip().lower() in _BLANK


def clean(value: object) -> str:
    """
    Write a cell as text, without blanks around it; empty where it holds nothing.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    text
        As it stands, blanks around it removed.
    """
    return "" if is_blank(value) else str(value).strip()


def day(value: object, *, day_first: bool = False) -> date | None:
    """
    Read a day.

    Parameters
    ----------
    value
        A date, or text such as ``2015/04/26``, ``20150426``, ``26APR15``, or milliseconds since
        1970 as map servers write them.
    day_first
        Also accept ``26/04/2015``; without it such a text is refused as unclear.

    Returns
    -------
    day
        None if the cell holds nothing.

    Raises
    ------
    ValueError
        If it is no date, or not clearly one.
    """
    if is_blank(value):
        return None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    else:
        found = _day_in(str(value).strip().translate(_DIGITS), day_first=day_first)
    return None if found == _EMPTY_DATE else found


def _day_in(text: str, *, day_first: bool) -> date:
    """Read a day from text."""
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if day_first and (match := _DAY_FIRST.fullmatch(text)):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if match := _NAMED_MONTH.fullmatch(text):
        year = int(match[3]) + (_CENTURY if len(match[3]) == 2 else 0)  # noqa: PLR2004 - two digits
        return date(year, _MONTHS.get(match[2].lower(), 0), int(match[1]))
    if _EPOCH_MS.fullmatch(text):
        return datetime.fromtimestamp(float(text) / 1000, tz=UTC).date()
    raise ValueError(f"'{text}' is not clearly a date")


def whole_day(start: date, end: date | None = None) -> tuple[datetime, datetime]:
    """
    Turn days into the time they cover.

    Parameters
    ----------
    start
        First day.
    end
        Last day; the first one if left out.

    Returns
    -------
    seen_from, seen_to
        UTC midnight at the start of the first day, and the last second of the last.
    """
    midnight = datetime.combine(start, time(), tzinfo=UTC)
    last = datetime.combine(end or start, time(), tzinfo=UTC)
    return midnight, last + _LAST_SECOND


def moment(text: str) -> tuple[datetime, datetime, bool]:
    """
    Read when something was seen.

    Parameters
    ----------
    text
        ISO 8601: a day, or a day and a time, with or without a zone.

    Returns
    -------
    seen_from, seen_to, has_zone
        A day covers its 24 hours in UTC. A time without a zone is taken as UTC, and says so.

    Raises
    ------
    ValueError
        If it is neither.
    """
    text = text.strip().translate(_DIGITS)
    if _YEAR_FIRST.fullmatch(text) and "T" not in text and ":" not in text:
        return (*whole_day(_day_in(text, day_first=False)), True)
    found = datetime.fromisoformat(text.replace("/", "-"))
    has_zone = found.tzinfo is not None
    found = found if has_zone else found.replace(tzinfo=UTC)
    return found, found, has_zone


def count(value: object) -> float | None:
    """
    Read how many: ``63,000``, ``63 000``, or either in Arabic-Indic digits.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    count
        At least 0; None if the cell holds nothing.

    Raises
    ------
    ValueError
        If it is no number, below zero, or unclear (``350.000`` may be either).
    """
    if is_blank(value):
        return None
    text = _SPACES.sub("", str(value).translate(_DIGITS))
    text = text.translate(_MARKS)
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    if _PLAIN.fullmatch(text) and not _EUROPEAN_GROUPS.fullmatch(text):
        return float(text)
    raise ValueError(f"'{value}' is not clearly a count")


def decimal(value: object) -> float | None:
    """
    Read a measured number such as a coordinate, in Latin or Arabic-Indic digits.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    number
        None if the cell holds nothing.

    Raises
    ------
    ValueError
        If it is no finite number.
    """
    if is_blank(value):
        return None
    number = float(_SPACES.sub("", str(value).translate(_DIGITS)).translate(_MARKS))
    if not math.isfinite(number):
        raise ValueError(f"'{value}' is not a number")
    return number
