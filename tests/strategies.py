# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies: any valid report, of every kind."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from math import inf
from typing import TypeVar

from hypothesis import strategies as st
from shapely import box
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import (
    Credibility,
    Grade,
    Mode,
    Reliability,
    Sensitivity,
    StreetState,
    Tier,
    Verdict,
)
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import (
    AccessSaid,
    CareSaid,
    ClaimSaid,
    DamageSaid,
    HazardSaid,
    HazardStatus,
    IncidentSaid,
    Measure,
    Modality,
    PeopleSaid,
    Said,
    StreetSaid,
    VisitSaid,
)

E = TypeVar("E", bound=Enum)

words = st.one_of(
    st.sampled_from(["", "Husaybah", "حصيبة", "inf"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
moments = st.integers(0, 30 * 365 * 86_400_000_000).map(
    lambda us: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
metres = st.floats(0, 5000, allow_nan=False)
persons = st.floats(0, 1e6, allow_nan=False)


def or_odd(*usual: str) -> st.SearchStrategy[str]:
    """Draw one of the usual words, or now and then any word at all."""
    return st.one_of(st.sampled_from(usual), words)


def some_of(values: type[E]) -> st.SearchStrategy[tuple[E, ...]]:
    """Draw a few different members of an enumeration."""
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@st.composite
def spans(draw: st.DrawFn) -> tuple[float, float]:
    """Draw a lower and an upper bound; the upper may be infinite."""
    low, high = sorted((draw(persons), draw(persons)))
    return low, draw(st.sampled_from([high, inf]))


@st.composite
def figures(draw: st.DrawFn) -> PeopleSaid:
    """Draw a figure of people."""
    low, high = draw(spans())
    return PeopleSaid(
        low=low,
        best=draw(st.one_of(st.none(), st.just(low))),
        high=high,
        counted=draw(or_odd("residents", "displaced")),
        measure=draw(st.sampled_from(Measure)),
    )


@st.composite
def claims(draw: st.DrawFn) -> ClaimSaid:
    """Draw a claim, with or without a figure."""
    low, high = draw(st.one_of(st.just((None, None)), spans()))
    return ClaimSaid(
        text=draw(words),
        about=draw(words),
        low=low,
        high=high,
        unit=draw(words),
        measure=draw(st.one_of(st.none(), st.sampled_from(Measure))),
        modality=draw(st.sampled_from(Modality)),
        confirmed=draw(st.booleans()),
    )


def said() -> st.SearchStrategy[Said]:
    """Draw what was said, of any kind."""
    states, verdicts = st.sampled_from(StreetState), st.sampled_from(Verdict)
    tiers = st.one_of(st.none(), st.sampled_from(Tier))
    numbers = st.one_of(st.none(), st.integers(0, 500))
    return st.one_of(
        st.builds(
            DamageSaid,
            scale=or_odd("unosat", "ems", "ems-98"),
            code=or_odd("1", "2", "3", "6", "4", "Destroyed", "D4"),
            sensor=words,
        ),
        st.builds(
            StreetSaid,
            state=states,
            modes=some_of(Mode),
            cause=or_odd("bridge down", "rubble"),
            delay_s=metres,
        ),
        st.builds(
            HazardSaid,
            hazard=or_odd("explosive", "armed_group", "shelling"),
            status=st.sampled_from(HazardStatus),
            radius_m=metres,
        ),
        st.builds(IncidentSaid, incident=words, radius_m=metres, deaths=numbers),
        figures(),
        st.builds(CareSaid, facility=words, tier=tiers, functioning=verdicts, beds=numbers),
        st.builds(AccessSaid, access=words, state=states, delay_s=metres),
        st.builds(
            VisitSaid,
            grade=st.sampled_from(Grade),
            verdict=verdicts,
            tiers=some_of(Tier),
            reasons=st.lists(words, max_size=2).map(tuple),
            area_m2=st.one_of(st.none(), metres),
        ),
        claims(),
    )


def sources() -> st.SearchStrategy[Source]:
    """Draw who says so."""
    return st.builds(
        Source,
        name=words,
        reliability=st.sampled_from(Reliability),
        reference=words,
        exercise=st.booleans(),
    )


@st.composite
def where(draw: st.DrawFn, near: Point | None = None) -> BaseGeometry | None:
    """Draw a point, a line, an area, or no place; anywhere, or mostly near a point; EPSG:4326."""
    shape = draw(st.sampled_from(["none", "point", "line", "area"]))
    if shape == "none":
        return None
    lon, lat, reach = draw(st.floats(-179, 179)), draw(st.floats(-89, 89)), 0.5
    if near is not None and draw(st.integers(0, 9)):
        lon, lat = (c + draw(st.floats(-0.01, 0.01)) for c in (near.x, near.y))
        reach = draw(st.sampled_from([0.0005, 0.005]))
    if shape == "point":
        return Point(lon, lat)
    if shape == "line":
        return LineString([(lon, lat), (lon + reach, lat + reach / 2)])
    return box(lon, lat, lon + reach, lat + reach / 2)


@st.composite
def reports(draw: st.DrawFn, *, near: Point | None = None, names: tuple[str, ...] = ()) -> Report:
    """Draw any valid report; mostly near a point and about something that has a name, if given."""
    seen_from = draw(moments)
    later = st.timedeltas(timedelta(0), timedelta(days=30))
    return make(
        draw(said()),
        source=draw(sources()),
        seen_from=seen_from,
        seen_to=seen_from + draw(later),
        recorded_at=seen_from + draw(later),
        valid_until=draw(st.one_of(st.none(), later.map(lambda span: seen_from + span))),
        where=draw(where(near)),
        about=draw(or_odd("", *names)),
        credibility=draw(st.sampled_from(Credibility)),
        sensitivity=draw(st.sampled_from(Sensitivity)),
    )
