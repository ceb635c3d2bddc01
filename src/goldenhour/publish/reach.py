# SPDX-License-Identifier: Apache-2.0
"""Reach areas as the products show them."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachArea:
    """
    The area from which one site is reached within a clock.

    Parameters
    ----------
    structure
        Row of the site in the town's structures.
    clock_s
        The clock in seconds.
    shape
        shapely area in the town's metric system; empty if nothing is within reach.
    """

    structure: int
    clock_s: float
    shape: BaseGeometry
