# SPDX-License-Identifier: Apache-2.0
"""What a native damage code is evidence of. A code is a column of a matrix, not a grade itself."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade

GRADES = (Grade.G0, Grade.G1, Grade.G2, Grade.G3)
_POSSIBLE = "possible"

LISTS = frozenset({"unosat"})
"""Scales of products that list damaged structures alone."""

# Native scale: matrix, crosswalk, and whether its graders look from above.
_SCALES = {
    "unosat": ("unosat", "unosat", True),
    "ems-2016": ("ems", "ems", True),
    "ems": ("ems", "ems", True),
    "xbd": ("imagery", "xbd", True),
    "atc-20": ("visit", "atc-20", False),
    "ems-98": ("visit", "ems-98", False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    What one code says.

    Parameters
    ----------
    likelihood
        How likely the code is under G0, G1, G2, G3. Shape ``(4,)``.
    grade
        The grade it speaks of most; G1 for a mere possibility.
    is_optical
        True if it was read from above.
    """

    likelihood: NDArray[np.float64]
    grade: Grade
    is_optical: bool


@cache
def column(scale: str, code: str) -> Column | None:
    """
    Look a code up.

    Parameters
    ----------
    scale
        Native scale.
    code
        Native code or word, exactly as found.

    Returns
    -------
    column
        None if the code, or the scale, is no evidence of anything.
    """
    if scale not in _SCALES:
        return None
    matrix, crosswalk, is_optical = _SCALES[scale]
    meaning = facts.fact(f"picture.crosswalk_{crosswalk}").value.get(_plain(code))
    if meaning is None:
        return None
    if meaning == _POSSIBLE:
        likelihood = np.array(facts.fact("picture.possible_likelihood").value, dtype=np.float64)
        return Column(likelihood=likelihood, grade=Grade.G1, is_optical=is_optical)
    seen = [Grade[name] for name in meaning.split("+")]
    return Column(
        likelihood=_matrix(matrix)[:, seen].sum(axis=1), grade=seen[-1], is_optical=is_optical
    )


def visit_likelihood(grade: Grade) -> NDArray[np.float64]:
    """
    Say what a grade seen on the spot is evidence of.

    Parameters
    ----------
    grade
        G0 to G3.

    Returns
    -------
    likelihood
        Under G0, G1, G2, G3. Shape ``(4,)``.
    """
    return _matrix("visit")[:, grade]


def silence(scale: str) -> NDArray[np.float64]:
    """
    Say what it is evidence of that a product, which lists damaged structures alone, leaves one out.

    Parameters
    ----------
    scale
        One of ``LISTS``.

    Returns
    -------
    likelihood
        Under G0, G1, G2, G3. Shape ``(4,)``.
    """
    return _matrix(_SCALES[scale][0])[:, Grade.G0]


def is_silent(scale: str, code: str) -> bool:
    """
    Tell a code that says "unknown" from one that we do not understand.

    Parameters
    ----------
    scale
        Native scale.
    code
        Native code or word.

    Returns
    -------
    silent
        True if the scale is known and its code says that nobody knows.
    """
    return scale in _SCALES and _plain(code) in facts.fact("picture.no_evidence_codes").value


def _plain(code: str) -> str:
    """Fold the ways in which files write one word."""
    word = " ".join(code.casefold().split())
    return word.removesuffix(".0")


@cache
def _matrix(name: str) -> NDArray[np.float64]:
    """Load a confusion matrix: rows true, columns seen."""
    rows = facts.fact(f"picture.confusion_{name}").value
    return np.array([rows[grade.name] for grade in GRADES], dtype=np.float64)
