# SPDX-License-Identifier: Apache-2.0
"""Smooth chance over the ground: near things are alike."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.exercise.pinned import Plan

_WAVES = 48


def smooth_field(
    xy_m: Plan, *, wave_m: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float64]:
    """
    Draw a smooth random field.

    Parameters
    ----------
    xy_m
        Where to, plan metres. Shape ``(n, 2)``.
    wave_m
        Shortest and longest wave in metres.
    rng
        Source of all chance.

    Returns
    -------
    value
        About mean 0 and spread 1. Shape ``(n,)``.
    """
    length_m = rng.uniform(*wave_m, _WAVES)
    heading = rng.uniform(0, 2 * np.pi, _WAVES)
    phase = rng.uniform(0, 2 * np.pi, _WAVES)
    towards = np.stack([np.cos(heading), np.sin(heading)]) * 2 * np.pi / length_m
    waves = np.cos((xy_m - xy_m.mean(axis=0)) @ towards + phase)
    return np.asarray(np.sqrt(2 / _WAVES) * waves.sum(axis=1))
