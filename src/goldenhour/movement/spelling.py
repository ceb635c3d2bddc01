# SPDX-License-Identifier: Apache-2.0
"""One name in many spellings: Latin and Arabic, with and without marks, article and ending."""
# ruff: noqa: RUF001 - the letters that look alike are what this module is about

import re
import unicodedata

_DIGITS_AND_MARKS = str.maketrans({"،": ",", "٫": ".", "؛": ";"})
_LETTERS = str.maketrans({"ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_QUOTES = re.compile(r"['’‘ʿʾʼ`´]")
_ARTICLE = re.compile(r"^(?:al|el|ar|as|an|at|ad|ash|az)[- ]+|^ال(?=..)")
_TA_MARBUTA = re.compile(r"(?<=..)[ae]h$")


def western_marks(text: str) -> str:
    """
    Write the comma, the semicolon and the decimal mark of Arabic text as programs read them.

    Parameters
    ----------
    text
        As somebody typed it.

    Returns
    -------
    text
        With single spaces; digits stay as they are.
    """
    return " ".join(text.translate(_DIGITS_AND_MARKS).split())


def fold_name(name: str) -> str:
    """
    Reduce a name to what all its spellings share.

    Parameters
    ----------
    name
        In Latin or Arabic letters.

    Returns
    -------
    folded
        Without diacritics, article, ta marbuta, punctuation and what stands in brackets:
        ``"Al-Qā'im"`` and ``"qaim"`` are one, ``"Rummaneh"`` and ``"Rummana"``, ``"حصيبة"`` and
        ``"حصيبه"``.
    """
    bare = _IN_BRACKETS.sub("", name).strip() or name
    letters = unicodedata.normalize("NFKD", bare.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = _QUOTES.sub("", unicodedata.normalize("NFKC", plain).translate(_LETTERS))
    plain = _ARTICLE.sub("", re.sub(r"[^\w-]+", " ", plain).strip())
    words = (_ARTICLE.sub("", word) for word in plain.replace("-", " ").split())
    return " ".join(_TA_MARBUTA.sub("a", word) for word in words)
