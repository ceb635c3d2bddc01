# SPDX-License-Identifier: Apache-2.0
"""How many sites of one tier, and which must or must not be among them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    How many sites of one tier, and which must or must not be among them.

    Parameters
    ----------
    n
        Sites to open.
    forced
        Rows that must be open.
    forbidden
        Rows that must not be.
    """

    n: int
    forced: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()


def as_choice(k: int | Choice) -> Choice:
    """
    Take a number of sites, or a choice with what is forced and forbidden.

    Parameters
    ----------
    k
        Sites to open.

    Returns
    -------
    choice
        The same as a choice.
    """
    return k if isinstance(k, Choice) else Choice(n=int(k))
