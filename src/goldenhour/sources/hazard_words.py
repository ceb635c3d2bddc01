# SPDX-License-Identifier: Apache-2.0
"""
The words that mine action registers use for hazard areas → the terms of IMAS land release.

Words are matched whole: "not cleared" and "clearance ongoing" are not "cleared". "Released" and
"closed" do not say how, and are left to the other columns.
"""

import re
from collections.abc import Iterable

from goldenhour.reports.said import HazardStatus

_STATUSES = {
    HazardStatus.SUSPECTED: (
        "suspected",
        "sha",
        "suspected hazardous area",
        "suspected hazard area",
        "suspected area",
        "suspect",
        "مشتبه به",
        "مشتبه بها",
        "منطقة خطرة مشتبه بها",
    ),
    HazardStatus.CONFIRMED: (
        "confirmed",
        "cha",
        "confirmed hazardous area",
        "confirmed hazard area",
        "confirmed area",
        "dha",  # older editions: defined hazardous area
        "defined hazardous area",
        "minefield",
        "مؤكد",
        "مؤكدة",
        "منطقة خطرة مؤكدة",
        "حقل ألغام",
    ),
    HazardStatus.CANCELLED: (
        "cancelled",
        "canceled",
        "cancelled land",
        "cancelled area",
        "cancelled by nts",
        "cancelled by non-technical survey",
        "discredited",
        "ملغى",
        "ملغاة",
    ),
    HazardStatus.REDUCED: (
        "reduced",
        "reduced land",
        "reduced area",
        "reduced by ts",
        "reduced by technical survey",
        "مخفض",
        "مخفضة",
    ),
    HazardStatus.CLEARED: (
        "cleared",
        "cleared land",
        "cleared area",
        "cleared by clearance",
        "مطهر",
        "مطهرة",
    ),
}
_BY_WORD = {word: status for status, words in _STATUSES.items() for word in words}
_IN_WORK = frozenset(
    {"open", "active", "ongoing", "in progress", "worked on", "planned", "suspended", "tasked"}
)
_HAZARDS = ("armed_group", "shelling", "direct_fire", "contamination", "flood")
_IN_BRACKETS = re.compile(r"(.*?)\s*\((.*)\)")


def status_in(cell: str) -> HazardStatus | None:
    """
    Read a standing.

    Parameters
    ----------
    cell
        Such as ``CHA``, ``Confirmed Hazardous Area (CHA)``, ``cancelled_by_NTS``.

    Returns
    -------
    status
        None if the words are no such standing.
    """
    word = _folded(cell)
    brackets = _IN_BRACKETS.fullmatch(word)
    parts = brackets.groups() if brackets else (word,)
    found = {_BY_WORD[choice] for choice in (word, *parts) if choice in _BY_WORD}
    if len(found) != 1:
        return None
    status = found.pop()
    # "Cleared (pending QA)" is no release: beside one, every word must be understood.
    is_release = status not in {HazardStatus.SUSPECTED, HazardStatus.CONFIRMED}
    is_whole = word in _BY_WORD or all(part in _BY_WORD for part in parts)
    return status if is_whole or not is_release else None


def is_in_work(cell: str) -> bool:
    """
    Say if a cell only says that the area is still on the list.

    Parameters
    ----------
    cell
        Such as ``Open``.

    Returns
    -------
    is_in_work
        True for words that leave the danger as it is.
    """
    return _folded(cell) in _IN_WORK


def hazard_in(cells: Iterable[str]) -> str:
    """
    Say what the danger is.

    Parameters
    ----------
    cells
        What may say so.

    Returns
    -------
    hazard
        One of our words; ``"explosive"`` unless a cell says another.
    """
    words = {_folded(cell).replace(" ", "_") for cell in cells}
    return next((hazard for hazard in _HAZARDS if hazard in words), "explosive")


def _folded(cell: str) -> str:
    """Fold the ways in which one word is written."""
    return " ".join(cell.replace("_", " ").casefold().split())
