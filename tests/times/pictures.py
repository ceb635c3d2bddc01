# SPDX-License-Identifier: Apache-2.0
"""Pictures by hand: what is closed, rubbled, slow or dangerous, and nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import StreetState
from goldenhour.picture.belief import (
    DamageBelief,
    Evidence,
    HazardArea,
    PeopleBelief,
    Picture,
    ReportIndex,
    StreetBelief,
)
from goldenhour.reports.said import HazardStatus
from goldenhour.town.town import Town

AS_OF = datetime(2017, 11, 4, tzinfo=UTC)


def picture_of(  # noqa: PLR0913 - one word per thing that can be wrong with a street
    town: Town,
    *,
    closed: Sequence[int] = (),
    closed_to_vehicles: Sequence[int] = (),
    unknown: Sequence[int] = (),
    rubble_share: ArrayLike = np.nan,
    delay_s: ArrayLike = 0.0,
    hazards: Sequence[HazardArea] = (),
) -> Picture:
    """All streets are reported open but those named; no rubble is known unless it is given."""
    n, n_structures = town.streets.n_edges, town.structures.n
    on_foot = np.full(n, StreetState.OPEN, dtype=np.int8)
    on_foot[list(unknown)] = StreetState.UNKNOWN
    on_foot[list(closed)] = StreetState.CLOSED
    by_vehicle = on_foot.copy()
    by_vehicle[list(closed_to_vehicles)] = StreetState.CLOSED
    streets = StreetBelief(
        state_stretcher=on_foot,
        state_vehicle=by_vehicle,
        delay_s=_each(delay_s, n),
        rubble_share=_each(rubble_share, n),
        expires_at=np.full(n, np.datetime64("NaT", "s")),
        expired=np.zeros(n, dtype=np.bool_),
        evidence=_no_evidence(n),
    )
    damage = DamageBelief(
        p_grade=np.tile(np.array([0, 0, 0, 0, 1], dtype=np.float32), (n_structures, 1)),
        visited=np.zeros(n_structures, dtype=np.bool_),
        verdict=np.zeros(n_structures, dtype=np.int8),
        visit_area_m2=np.full(n_structures, np.nan),
        evidence=_no_evidence(n_structures),
    )
    people = PeopleBelief(
        people=np.ones(n_structures),
        total_low=0.0,
        total_best=float(n_structures),
        total_high=np.inf,
        basis="assumed",
        rule="One in each structure.",
        reports=(),
    )
    return Picture(
        as_of=AS_OF,
        reports=(),
        damage=damage,
        streets=streets,
        hazards=tuple(hazards),
        people=people,
        care=(),
        figures=(),
        contradictions=(),
        stale=(),
        findings=(),
    )


def hazard(
    shape: BaseGeometry,
    *,
    kind: str = "explosive",
    status: HazardStatus = HazardStatus.SUSPECTED,
    level: float = 1.0,
) -> HazardArea:
    """Make one hazard area."""
    return HazardArea(hazard=kind, status=status, level=level, shape=shape, report=ReportIndex(0))


def _each(value: ArrayLike, n: int) -> NDArray[np.float32]:
    """Give one number to every street."""
    return np.broadcast_to(np.asarray(value, dtype=np.float32), n).copy()


def _no_evidence(n: int) -> Evidence:
    """Rest on no report."""
    return Evidence(start=np.zeros(n + 1, dtype=np.int64), report=np.zeros(0, dtype=np.int32))
