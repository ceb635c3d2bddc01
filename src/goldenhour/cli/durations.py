# SPDX-License-Identifier: Apache-2.0
"""Durations as people write them: ``10min``, ``1h30min``, ``90s``, several with commas."""

import re
import unicodedata
from collections.abc import Iterable

from goldenhour.base.errors import InputError

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(hours?|h|minutes?|min|m|seconds?|sec|s|ساعة|دقيقة|ثانية)")
_SECONDS = {"h": 3600, "m": 60, "s": 1, "س": 3600, "د": 60, "ث": 1}
_LONGEST_S, _MOST = 24 * 3600, 6


def durations(texts: Iterable[str], *, where: str) -> tuple[float, ...]:
    """
    Read durations.

    Parameters
    ----------
    texts
        Each one duration, or several with commas between them.
    where
        The option they come from, for the error message.

    Returns
    -------
    seconds
        Seconds, each once, ascending.

    Raises
    ------
    InputError
        If a text is no duration, or one is zero, negative or longer than a day, or too many.
    """
    parts = [part for text in texts for part in re.split(r"[,،;]", western(text)) if part.strip()]
    found = sorted({_duration(part, where) for part in parts})
    if not 0 < len(found) <= _MOST:
        raise _refused(f"From 1 to {_MOST} limits can be drawn on one map.", where)
    return tuple(found)


def western(text: str) -> str:
    """
    Write the digits of any script, such as ٢٠١٧, as 2017.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    text
        The same with digits 0 to 9.
    """
    digits = (unicodedata.digit(letter, None) for letter in text)
    return "".join(
        letter if digit is None else str(digit) for letter, digit in zip(text, digits, strict=True)
    )


def _duration(text: str, where: str) -> float:
    """Read one duration; a number without a unit could be anything."""
    words = text.strip().lower()
    sign = -1 if words.startswith("-") else 1
    words = words.lstrip("-+ ")
    pieces = _PART.findall(words)
    if not pieces or _PART.sub("", words).strip():
        raise _refused(f"'{text.strip()}' is not a duration.", where)
    seconds = sign * sum(float(number) * _SECONDS[unit[0]] for number, unit in pieces)
    if not 0 < seconds <= _LONGEST_S:
        raise _refused(f"'{text.strip()}' is not between one second and 24 hours.", where)
    return seconds


def _refused(what: str, where: str) -> InputError:
    """Say what cannot be read, and how to write it."""
    return InputError(
        what, where=where, do="Write it like 10min, 1h, 90s or 10min,1h.", code="GH149"
    )
