# SPDX-License-Identifier: Apache-2.0
"""From the ``[requirements]`` tables of ``town.toml`` to checked profiles."""

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any

from goldenhour.base.errors import InputError
from goldenhour.base.grades import Tier
from goldenhour.siting.screening.requirements import (
    SITED_TIERS,
    Need,
    Profiles,
    profiles,
    requirements,
)
from goldenhour.workflows.workspace import TOWN_FILE

_CODE = "GH425"
_PAGE = "docs/reference/requirements.md"


def requirements_from(entry: object) -> Profiles:
    """
    Check what the planner asks of structures.

    Parameters
    ----------
    entry
        What stands under ``requirements``, as TOML gives it: a table for each tier.

    Returns
    -------
    profiles
        The facts' own numbers where the planner says nothing.

    Raises
    ------
    InputError
        If a tier or key is not known, or a number is of the wrong type or out of range.
    """
    tables = _table(entry, where="[requirements]")
    by_name = {tier.value: tier for tier in SITED_TIERS}
    for name in tables:
        if name not in by_name:
            raise _refusal(
                f"There is no tier '{name}' to ask anything of.",
                where=f"[requirements.{name}]",
                do=f"It may be: {', '.join(by_name)}.",
            )
    changes = {by_name[name]: _changes(by_name[name], table) for name, table in tables.items()}
    asked = profiles(changes)
    for tier in SITED_TIERS:
        _require_band(asked, tier)
    return asked


def allowed(need: Need) -> str:
    """
    Say what a number may be.

    Parameters
    ----------
    need
        What is asked.

    Returns
    -------
    allowed
        Such as ``"a number (square metre), 0 or more"``.
    """
    if need.unit == "share":
        return "a share, from 0 to 1"
    kind = "a whole number" if need.is_count else "a number"
    return f"{kind} ({need.unit}), 0 or more"


def _table(entry: object, *, where: str) -> Mapping[str, Any]:
    """Make sure that a table is one."""
    if isinstance(entry, Mapping):
        return entry
    raise _refusal(
        "This is not a table.",
        where=where,
        do="Write a line such as [requirements.tsp], and below it lines such as "
        "floor_area_m2 = 150.",
    )


def _changes(tier: Tier, entry: object) -> dict[str, float]:
    """Check one tier's table."""
    table = _table(entry, where=f"[requirements.{tier.value}]")
    known = {need.key: need for need in requirements(tier).needs}
    return {key: _number(tier, key, value, known) for key, value in table.items()}


def _number(tier: Tier, key: str, value: object, known: Mapping[str, Need]) -> float:
    """Check one line."""
    where = f"[requirements.{tier.value}] {key}"
    if key not in known:
        raise _refusal(
            f"Nothing called '{key}' is asked of a structure.",
            where=where,
            do=f"It may be: {', '.join(sorted(known))}.",
        )
    need = known[key]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not _is_allowed(float(str(value)), need):
        raise _refusal(
            f"{value!r} is not {allowed(need)}.",
            where=where,
            do=f"The usual value is {need.default:g}; {_PAGE} says where it comes from.",
        )
    return float(str(value))


def _is_allowed(value: float, need: Need) -> bool:
    """Whether a number is in range, and whole where it counts something."""
    most = 1.0 if need.unit == "share" else inf
    if not (isfinite(value) and 0 <= value <= most):
        return False
    return value == int(value) or not need.is_count


def _require_band(asked: Profiles, tier: Tier) -> None:
    """Refuse a band behind the front whose ends are the wrong way round."""
    least_m = asked.of(tier).value("front_not_nearer_m")
    most_m = asked.of(tier).value("front_not_farther_m")
    if least_m > most_m:
        raise _refusal(
            f"Not nearer than {least_m:g} m and not farther than {most_m:g} m leave nothing.",
            where=f"[requirements.{tier.value}] front_not_nearer_m",
            do="Make front_not_nearer_m the smaller of the two.",
        )


def _refusal(what: str, *, where: str, do: str) -> InputError:
    """Name the line and what it may be."""
    return InputError(what, where=f"{TOWN_FILE} {where}", do=do, code=_CODE)
