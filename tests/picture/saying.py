# SPDX-License-Identifier: Apache-2.0
"""Short ways to say something about a town of the tests."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from goldenhour.base import crs
from goldenhour.base.grades import Credibility, Grade, Reliability, StreetState, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.picture.matching import unplaced_structures
from goldenhour.picture.work_out import work_out
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import DamageSaid, Said, StreetSaid, VisitSaid
from goldenhour.town.build import with_reported
from goldenhour.town.town import Town
from tests.towns import CRS, ORIGIN_X_M, ORIGIN_Y_M, draw

DAY = datetime(2017, 11, 4, 6, tzinfo=UTC)
"""The moment of nearly all tests."""
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


def degrees(shape: BaseGeometry) -> BaseGeometry:
    """Turn a shape in the town's metric system into longitude and latitude."""

    def to_lon_lat(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert coordinates."""
        return np.column_stack(crs.to_lon_lat(points[:, 0], points[:, 1], CRS))

    return shapely.transform(shape, to_lon_lat)


def at(x_m: float, y_m: float) -> Point:
    """Give the point this far east and north of the towns' origin, in degrees."""
    lon, lat = crs.to_lon_lat(np.array([ORIGIN_X_M + x_m]), np.array([ORIGIN_Y_M + y_m]), CRS)
    return Point(lon[0], lat[0])


def tell(  # noqa: PLR0913 - the fields of one record, all by name
    said: Said,
    *,
    about: str = "",
    where: BaseGeometry | None = None,
    seen: datetime = DAY,
    heard: datetime | None = None,
    until: datetime | None = None,
    by: str = "team 1",
    letter: Reliability = Reliability.F,
    number: Credibility = Credibility.CANNOT_JUDGE,
    supersedes: tuple[ReportId, ...] = (),
) -> Report:
    """Report something."""
    return make(
        said,
        source=Source(name=by, reliability=letter, exercise=True),
        seen_from=seen,
        recorded_at=heard or seen,
        valid_until=until,
        where=where,
        about=about,
        credibility=number,
        supersedes=supersedes,
    )


def graded(
    code: str,
    *,
    about: str = "s-A",
    by: str = "UNOSAT",
    seen: datetime = DAY,
    scale: str = "unosat",
    where: BaseGeometry | None = None,
) -> Report:
    """Report damage in a native code."""
    return tell(
        DamageSaid(scale=scale, code=code),
        about="" if where else about,
        by=by,
        seen=seen,
        where=where,
    )


def visited(
    grade: Grade,
    verdict: Verdict = Verdict.FIT,
    *,
    about: str = "s-A",
    by: str = "team 1",
    seen: datetime = DAY,
    area_m2: float | None = None,
) -> Report:
    """Report a visit."""
    said = VisitSaid(grade=grade, verdict=verdict, area_m2=area_m2)
    return tell(said, about=about, by=by, seen=seen)


def street(
    state: StreetState,
    *,
    about: str = "A-B",
    by: str = "driver",
    seen: datetime = DAY,
    cause: str = "",
    until: datetime | None = None,
) -> Report:
    """Report the state of a street."""
    return tell(StreetSaid(state=state, cause=cause), about=about, by=by, seen=seen, until=until)


def picture(town: Town, *reports: Report, as_of: datetime = DAY) -> Picture:
    """Work out the picture as the product does: structures that only reports placed are added."""
    ids, x_m, y_m = unplaced_structures(town, reports)
    return work_out(with_reported(town, ids=ids, x_m=x_m, y_m=y_m), reports, as_of=as_of)


def codes(found: Picture) -> set[str]:
    """List the codes of all findings."""
    return {finding.code for finding in found.findings}


def town_around(told: Iterable[Report]) -> Town:
    """Draw a tiny town whose only place reaches as far as some reports of the same UTM zone."""
    town = draw("A-B").town
    shapes = [report.where for report in told if report.where is not None]
    reach = shapely.transform(
        shapely.box(*shapely.total_bounds(shapes)),
        lambda points: np.column_stack(crs.to_metric(points[:, 0], points[:, 1], CRS)),
    )
    places = replace(
        town.places,
        shape=np.array([reach, town.places.shape[1]], dtype=np.object_),
    )
    return replace(town, places=places)
