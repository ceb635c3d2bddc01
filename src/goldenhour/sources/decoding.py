# SPDX-License-Identifier: Apache-2.0
"""Text of files that do not say how they wrote it: UTF-8, else Arabic Windows, else Latin-1."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LETTERS = re.compile(r"[^\W\d_]")
_MOSTLY = 0.5
OPEN_QUOTE = "a quotation mark is opened and never closed, so that many lines look like one cell"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """
    Text, and how it was read.

    Parameters
    ----------
    text
        The text.
    encoding
        Such as ``"windows-1256"``.
    is_guess
        True if the bytes are no UTF-8, so that the encoding is our reading of them.
    """

    text: str
    encoding: str
    is_guess: bool


def decode(raw: bytes) -> Decoded:
    """
    Turn bytes into text.

    Parameters
    ----------
    raw
        A file's bytes.

    Returns
    -------
    decoded
        UTF-8 (or UTF-16 with its mark) if the bytes are that; else Windows-1256 if that makes most
        of the unusual letters Arabic; else Latin-1.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return Decoded(
                text=raw.decode(encoding, errors="replace"), encoding=encoding, is_guess=False
            )
    try:
        return Decoded(text=raw.decode("utf-8"), encoding="utf-8", is_guess=False)
    except UnicodeDecodeError:
        encoding = _guess(raw)
    return Decoded(text=raw.decode(encoding), encoding=encoding, is_guess=True)


def swallows_lines(text: str, last_row: Sequence[str]) -> bool:
    """
    Say if a quotation mark that never closes has made one cell of many lines.

    Parameters
    ----------
    text
        The whole table.
    last_row
        Its last row's cells, as the csv module gives them.

    Returns
    -------
    swallows
        True if marks are odd and the last row spans lines.
    """
    return text.count('"') % 2 == 1 and any("\n" in cell.strip() for cell in last_row)


def _guess(raw: bytes) -> str:
    """Choose between Arabic Windows and Latin-1 by the letters that come out."""
    beyond_ascii = bytes(byte for byte in raw if byte > 0x7F)  # noqa: PLR2004 - the end of ASCII
    letters = _LETTERS.findall(beyond_ascii.decode("windows-1256"))
    runs = re.findall(rb"[\x80-\xff]{2,}", raw)  # Arabic comes in runs, accents one by one
    in_runs = sum(len(run) for run in runs)
    arabic = sum(bool(_ARABIC.match(letter)) for letter in letters)
    is_arabic = in_runs > _MOSTLY * len(beyond_ascii) and arabic > _MOSTLY * max(len(letters), 1)
    return "windows-1256" if is_arabic else "latin-1"
