# SPDX-License-Identifier: Apache-2.0
"""Finding the place that a report names, in whichever spelling, Latin or Arabic."""
# ruff: noqa: RUF001 - letters that look alike are what this module is about

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

import numpy as np
import shapely

from goldenhour.town.town import Places

UNKNOWN, SEVERAL = -1, -2
"""In place of a place's number: no such place, or several that nobody told apart."""

_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})
_EXERCISE = re.compile(r"\((?:exercise|تمرين)\)")
_MARKS = re.compile(r"['’‘ʿʾʼ`´.]")
_ARTICLE = re.compile(r"^(?:al|el)[- ]+|^ال(?=..)")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """
    Reduce a name to what its spellings share.

    Parameters
    ----------
    name
        In Latin or Arabic letters.

    Returns
    -------
    folded
        Without case, diacritics, apostrophes, hyphens, article and the mark of an exercise.
    """
    letters = unicodedata.normalize("NFKD", _EXERCISE.sub("", name.casefold()).translate(_LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = _MARKS.sub("", plain.translate(_LETTERS))
    words = re.sub(r"[-_\s]+", " ", _ARTICLE.sub("", plain.strip())).split()
    return " ".join(_ARTICLE.sub("", word) for word in words)


class PlaceNames:
    """
    Looks places up by id or name.

    Parameters
    ----------
    places
        The town's places.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._by_id = {str(key): i for i, key in enumerate(places.id)}
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for i in range(places.n):
            for name in {fold(str(places.name[i])), fold(str(places.name_ar[i]))} - {""}:
                self._by_name[name].append(i)

    def find(self, text: str) -> int:
        """
        Find the place that a text names.

        Parameters
        ----------
        text
            Id, English or Arabic name.

        Returns
        -------
        place
            Its number. Of namesakes the only one with an area is meant; else ``SEVERAL``.
            ``UNKNOWN`` if there is none.
        """
        if text in self._by_id:
            return self._by_id[text]
        found = self._by_name.get(fold(text), []) if text else []
        if len(found) > 1:
            areas = np.isin(shapely.get_type_id(self._places.shape[found]), (3, 6))
            found = [found[i] for i in np.flatnonzero(areas)] or found
        if len(found) > 1:
            return SEVERAL
        return found[0] if found else UNKNOWN
