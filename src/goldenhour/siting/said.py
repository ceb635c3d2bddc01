# SPDX-License-Identifier: Apache-2.0
"""What siting says: coded messages with their values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """
    A coded message with its values, put into words by ``base.messages``.

    Parameters
    ----------
    code
        ``"room.code"``.
    values
        Name and value pairs for the sentence.
    """

    code: str
    values: tuple[tuple[str, str], ...] = ()


def number(value: float) -> str:
    """
    Write a count of people.

    Parameters
    ----------
    value
        People.

    Returns
    -------
    text
        Whole, with thin separators.
    """
    return f"{value:,.0f}"
