# SPDX-License-Identifier: Apache-2.0
"""What the planner asks for: how many sites of each tier, within which clocks, by which rules."""

from dataclasses import dataclass

from goldenhour.base import facts
from goldenhour.base.grades import UnknownStreets


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One question to siting.

    Parameters
    ----------
    n_tsp
        Trauma stabilisation points to open.
    n_field_hospitals
        Field hospitals to open.
    tsp_clock_s
        Seconds from injury to a stabilisation point.
    field_hospital_clock_s
        Seconds from injury to a field hospital, along the chain.
    surgery_clock_s
        Seconds from injury to surgery, along the chain.
    forced
        Ids of structures that must be sites.
    forbidden
        Ids of structures that must not be.
    unknown_streets
        What is assumed of streets without a report.
    seed
        Seed of every random choice.
    """

    n_tsp: int = 6
    n_field_hospitals: int = 2
    tsp_clock_s: float = facts.number("clocks.tsp_s")
    field_hospital_clock_s: float = facts.number("clocks.field_hospital_s")
    surgery_clock_s: float = facts.number("clocks.surgery_s")
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    unknown_streets: UnknownStreets = UnknownStreets.PASSABLE
    seed: int = 1
