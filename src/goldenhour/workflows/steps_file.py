# SPDX-License-Identifier: Apache-2.0
"""The file of steps: moments, and what a planner expects of each."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from goldenhour.base import facts
from goldenhour.base.errors import BadQuestionError

_CODE = "GH435"
_LEAST = 2  # one step has nowhere to move to
_PAGE = "docs/how-to/move-sites.md shows one."
_FIELDS = {"steps", "price_people"}
_STEP_FIELDS = {"at", "assume"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked:
    """
    One step as the planner wrote it.

    Parameters
    ----------
    at
        Its moment, aware UTC.
    assume
        Files with what is expected then, in any format that `goldenhour read` takes.
    """

    at: datetime
    assume: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsAsked:
    """
    The whole file.

    Parameters
    ----------
    steps
        In order, at least two.
    price_people
        People that a move has to be worth.
    """

    steps: tuple[StepAsked, ...]
    price_people: float


def read_steps(path: Path) -> StepsAsked:
    """
    Read and check a file of steps.

    Parameters
    ----------
    path
        TOML; paths in it are relative to its folder.

    Returns
    -------
    asked
        Moments in order.

    Raises
    ------
    BadQuestionError
        If it cannot be read, a field is not known, or moments are missing, twice or out of order.
    """
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a mark
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refusal(f"The steps cannot be read: {error}.", where=str(path)) from error
    _require_known(words, _FIELDS, str(path))
    entries = words.get("steps", [])
    most = int(facts.number("siting.most_steps"))
    if not isinstance(entries, list) or not _LEAST <= len(entries) <= most:
        what = f"A schedule needs from {_LEAST} to {most} tables [[steps]], each with a moment."
        raise _refusal(what, where=str(path))
    steps = tuple(_step(entry, number, path) for number, entry in enumerate(entries, 1))
    for number, (before, step) in enumerate(pairwise(steps), 2):
        if step.at <= before.at:
            raise _refusal(
                f"Step {number} is not after the one before it.", where=f"{path}: step {number}"
            )
    return StepsAsked(steps=steps, price_people=_price(words, path))


def _step(entry: object, number: int, path: Path) -> StepAsked:
    """Check one step."""
    where = f"{path}: step {number}"
    if not isinstance(entry, Mapping):
        raise _refusal("A step is a table [[steps]].", where=where)
    _require_known(entry, _STEP_FIELDS, where)
    files = entry.get("assume", [])
    if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
        raise _refusal("`assume` is a list of file names.", where=where)
    return StepAsked(
        at=_moment(entry.get("at"), where),
        assume=tuple(path.parent / name for name in files),
    )


def _moment(value: object, where: str) -> datetime:
    """Take a TOML moment, or the same in quotes; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise _refusal(f"'{value}' is no moment.", where=where) from error
    if not isinstance(value, datetime):
        raise _refusal("A step needs a moment, such as at = 2017-11-10T06:00:00Z.", where=where)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _price(words: Mapping[str, Any], path: Path) -> float:
    """Take the price of a move."""
    price = words.get("price_people", facts.number("siting.move_price_people"))
    is_number = isinstance(price, (int, float)) and not isinstance(price, bool)
    if not is_number or not math.isfinite(price) or price < 0:
        raise _refusal("`price_people` is a number of people, 0 or more.", where=str(path))
    return float(price)


def _require_known(words: Mapping[str, object], known: set[str], where: str) -> None:
    """Refuse a field that does not exist."""
    if unknown := sorted(set(words) - known):
        raise _refusal(f"There is no field '{unknown[0]}' here.", where=where)


def _refusal(what: str, *, where: str) -> BadQuestionError:
    """Refuse the file."""
    return BadQuestionError(what, where=where, do=f"Mend it; {_PAGE}", code=_CODE)
