# SPDX-License-Identifier: Apache-2.0
"""When the rows of a Copernicus EMS product were seen, and by what, in both of its schemas."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from goldenhour.base import facts
from goldenhour.sources.handwriting import clean, day
from goldenhour.sources.opening import NamedTable

_IMAGE = re.compile(r"imag|pansharp|view|pleiades|spot|aerial|satell|sentinel|radar", re.IGNORECASE)
read_day = cache(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """
    When and by what a row was seen.

    Parameters
    ----------
    when
        Day of the image; None if the product does not say.
    sensor
        The image's name; empty if the product does not say.
    is_by_interpretation
        True if only the day of interpretation is known: seen on that day at the latest.
    """

    when: date | None
    sensor: str = ""
    is_by_interpretation: bool = False


def source_list(tables: Sequence[NamedTable]) -> dict[str, Seen]:
    """
    Read the list of images that current products carry beside their layers.

    Parameters
    ----------
    tables
        The product's ``source`` tables.

    Returns
    -------
    sources
        By their id.
    """
    found: dict[str, Seen] = {}
    for table in tables:
        for row in table.rows.to_dict("records"):
            key = identifier(row.get("src_id"))
            if key:
                when = _day_or_none(row.get("src_date"))
                found[key] = Seen(when=when, sensor=clean(row.get("source_nam")))
    return found


def identifier(value: object) -> str:
    """
    Write an id as text, whether it came as number or text.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    identifier
        Empty where the cell holds nothing.
    """
    return clean(value).removesuffix(".0")


def seen(row: Mapping[Any, Any], sources: Mapping[str, Seen]) -> Seen:
    """
    Say when a row was seen.

    Parameters
    ----------
    row
        A graded feature.
    sources
        From ``source_list``; empty for products of the 2016 schema.

    Returns
    -------
    seen
        The image of the damage where it is listed. In the 2016 schema ``src_date``, unless that is
        much older than the interpretation: then it is the age of the outline, and the day of
        interpretation stands in for the image's.
    """
    if "dmg_src_id" in row:
        return sources.get(identifier(row["dmg_src_id"]), Seen(when=None))
    image, done = _day_or_none(row.get("src_date")), _day_or_none(row.get("ext_date"))
    texts = (clean(row.get("source_nam")), clean(row.get("src_info")))
    sensor = next((text for text in texts if _IMAGE.search(text)), "")
    if image is None or done is None:
        when = image or done
        return Seen(when=when, sensor=sensor, is_by_interpretation=image is None and when == done)
    longest = facts.number("sources.ems_longest_interpretation_days")
    if 0 <= (done - image).days <= longest:
        return Seen(when=image, sensor=sensor)
    return Seen(when=done, sensor=sensor, is_by_interpretation=True)


def _day_or_none(value: object) -> date | None:
    """Read a day, current products writing ``27/10/2016``; None if it is none."""
    try:
        return read_day(value, day_first=True)
    except ValueError:
        return None
