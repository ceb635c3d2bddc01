# SPDX-License-Identifier: Apache-2.0
"""
Numbers from the world, each with its unit, evidence tag and source.

Every room keeps its facts in ``<room>.toml`` beside this file. Tags: S read in the cited source,
C computed from S, R from general knowledge of the named document (verify first), A our own
planning assumption (user-editable).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from goldenhour.base.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number (or short list, or small table) with where it comes from."""

    name: str
    value: Any  # number, string, list or table, as TOML gives it
    unit: str
    tag: str
    source: str
    note: str = ""


@cache
def room(name: str) -> dict[str, Fact]:
    """
    Load the facts of one room.

    Parameters
    ----------
    name
        The file's name without ``.toml``.

    Returns
    -------
    facts
        By name, in the file's order.
    """
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return {key: Fact(name=f"{name}.{key}", **entry) for key, entry in tomllib.loads(text).items()}


def rooms() -> tuple[str, ...]:
    """
    List the rooms that have facts.

    Returns
    -------
    rooms
        Names, sorted.
    """
    found = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def fact(name: str) -> Fact:
    """
    Look one fact up.

    Parameters
    ----------
    name
        ``"room.fact"``, such as ``"times.carry_speed_kmh"``.

    Returns
    -------
    fact
        Value, unit, tag and source.

    Raises
    ------
    InputError
        If there is no such fact.
    """
    where, _, key = name.partition(".")
    try:
        return room(where)[key]
    except (FileNotFoundError, KeyError) as error:
        raise InputError(f"There is no fact '{name}'.", where="base/facts", code="GH110") from error


def number(name: str) -> float:
    """
    Look one number up.

    Parameters
    ----------
    name
        ``"room.fact"``.

    Returns
    -------
    value
        In the unit that the fact's name and ``unit`` state.
    """
    return float(fact(name).value)
