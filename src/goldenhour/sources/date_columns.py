# SPDX-License-Identifier: Apache-2.0
"""
Columns of dates in whichever style: a whole column tells what one cell does not.

``04/11/2017`` is unclear alone; in a column that also has ``26/04/2017`` the day stands first.
Nothing else decides: a column that does not tell stays unclear.
"""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from goldenhour.sources.handwriting import day

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_TWO_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?")
_LAST_MONTH = 12


class Order(StrEnum):
    """Which number of a date such as ``04/11/2017`` stands first."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNCLEAR = "unclear"


def order_of(cells: Iterable[str]) -> Order:
    """
    Tell the order of day and month from a whole column.

    Parameters
    ----------
    cells
        Text of its cells.

    Returns
    -------
    order
        Unclear if no cell tells, or if two cells disagree.
    """
    pairs = [
        (int(match[1]), int(match[2]))
        for cell in cells
        if (match := _TWO_FIRST.fullmatch(cell.strip().translate(_DIGITS)))
    ]
    is_day_first = any(first > _LAST_MONTH for first, _ in pairs)
    is_month_first = any(second > _LAST_MONTH for _, second in pairs)
    if is_day_first == is_month_first:
        return Order.UNCLEAR
    return Order.DAY_FIRST if is_day_first else Order.MONTH_FIRST


def day_of(cell: str, order: Order) -> date | None:
    """
    Read a day.

    Parameters
    ----------
    cell
        Text in any style that ``handwriting.day`` reads, or with day and month in their order.
    order
        What the column tells.

    Returns
    -------
    day
        None if the cell holds nothing.

    Raises
    ------
    ValueError
        If it is no date, or not clearly one.
    """
    match = _TWO_FIRST.fullmatch(cell.strip().translate(_DIGITS))
    if match and order is Order.MONTH_FIRST:
        return date(int(match[3]), int(match[1]), int(match[2]))
    return day(cell.strip(), day_first=order is Order.DAY_FIRST)


def parts(year: str, month: str, day_of_month: str) -> tuple[date, date] | None:
    """
    Read a date whose parts stand in columns of their own.

    Parameters
    ----------
    year
        Such as ``2017``; with or without the decimals of a spreadsheet.
    month
        Empty if not known.
    day_of_month
        Empty if not known.

    Returns
    -------
    first, last
        The days between which it was; None without a year.

    Raises
    ------
    ValueError
        If they are no date.
    """
    numbers = [text.translate(_DIGITS).removesuffix(".0") for text in (year, month, day_of_month)]
    if not numbers[0]:
        return None
    in_year = int(numbers[0])
    if not numbers[1]:
        return date(in_year, 1, 1), date(in_year, _LAST_MONTH, 31)
    in_month = int(numbers[1])
    if not numbers[2]:
        first = date(in_year, in_month, 1)
        return first, first.replace(day=calendar.monthrange(in_year, in_month)[1])
    known = date(in_year, in_month, int(numbers[2]))
    return known, known
