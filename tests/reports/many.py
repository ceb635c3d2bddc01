# SPDX-License-Identifier: Apache-2.0
"""Many plain reports, for tests that need a number of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shapely.geometry import Point

from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import DamageSaid

FIRST = datetime(2015, 4, 26, tzinfo=UTC)
MAPPER = Source(name="UNITAR-UNOSAT", reference="made up", exercise=True)


def many(n: int, *, start: int = 0) -> Iterator[Report]:
    """Make ``n`` damage reports, each different."""
    for i in range(start, start + n):
        yield make(
            DamageSaid(scale="unosat", code=str(i % 4), sensor="WorldView-2"),
            source=MAPPER,
            seen_from=FIRST + timedelta(seconds=i),
            recorded_at=FIRST + timedelta(days=30),
            where=Point(37 + i % 997 / 1e3, 36 + i / 1e7),
        )
