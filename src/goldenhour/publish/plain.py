# SPDX-License-Identifier: Apache-2.0
"""Values of any room as plain JSON; a number that is not one is named, never guessed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from math import isfinite, isnan
from typing import Any

import numpy as np

Json = dict[str, Any]  # values are plain JSON: text, numbers, lists, tables
_DECIMALS = 6


def plain(content: Mapping[str, Any]) -> tuple[Json, list[str], list[str]]:
    """
    Turn values into plain JSON.

    Parameters
    ----------
    content
        Tables, lists, enumerations, moments, numbers of Python and numpy.

    Returns
    -------
    values, not_known, unbounded
        The plain values; the paths of what nobody knows (None and NaN, now null); the paths of
        bounds without end (infinity, now null). Paths read ``sites/0/area_m2``.
    """
    nulls: tuple[list[str], list[str]] = ([], [])
    values = {str(key): _plain(value, str(key), nulls) for key, value in content.items()}
    return values, sorted(nulls[0]), sorted(nulls[1])


def _plain(value: object, path: str, nulls: tuple[list[str], list[str]]) -> object:
    """Turn one value into plain JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one, f"{path}/{key}", nulls) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(one, f"{path}/{i}", nulls) for i, one in enumerate(value)]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return _number(value, path, nulls)
    if value is None:
        nulls[0].append(path)
        return None
    return _word(value)


def _number(value: float, path: str, nulls: tuple[list[str], list[str]]) -> float | None:
    """Round a number; name the ones that JSON cannot hold."""
    if isfinite(value):
        return round(value, _DECIMALS)
    nulls[0 if isnan(value) else 1].append(path)
    return None


def _word(value: object) -> object:
    """Write moments as ISO in UTC, and enumerations as their words."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name.lower()
    if isinstance(value, (str, int)):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")
