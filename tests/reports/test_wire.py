# SPDX-License-Identifier: Apache-2.0
"""Reports as JSON: exact, checked, and refused if somebody changed them."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from shapely.geometry import Point

from goldenhour.base.errors import BadReportError
from goldenhour.base.grades import StreetState
from goldenhour.reports import wire
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import HazardSaid, HazardStatus, Measure, PeopleSaid, StreetSaid
from tests.strategies import reports

DAY = datetime(2017, 11, 4, 6, tzinfo=UTC)


def a_report() -> Report:
    """Report that a bridge is closed."""
    return make(
        StreetSaid(state=StreetState.CLOSED, cause="bridge down"),
        source=Source(name="driver, team 2"),
        seen_from=DAY,
        recorded_at=DAY,
        where=Point(41.0, 34.4),
    )


@pytest.mark.laws
@given(reports())
def test_a_report_survives_the_wire_unchanged(report: Report) -> None:
    """Whatever was said comes back the same after a trip through JSON text."""
    text = json.dumps(wire.to_json(report), allow_nan=False)
    assert wire.from_json(json.loads(text)) == report


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "rumour"),
        ("seen_from", "yesterday"),
        ("seen_to", "2017-11-04T06:00:00"),
        ("where", "zz"),
        ("credibility", 9),
        ("source", {"name": 7}),
        ("supersedes", "abc"),
    ],
)
def test_a_broken_field_is_named(field: str, value: object) -> None:
    """A message that breaks one field is refused, and the refusal names that field."""
    with pytest.raises(BadReportError) as refused:
        wire.from_json({**wire.to_json(a_report()), field: value})
    assert field in refused.value.where
    assert refused.value.do


def test_a_missing_field_is_named() -> None:
    """A message without a source is refused."""
    plain = wire.to_json(a_report())
    del plain["source"]
    with pytest.raises(BadReportError, match="source"):
        wire.from_json(plain)


def test_an_unknown_field_is_refused() -> None:
    """What we cannot understand we do not silently drop."""
    plain = wire.to_json(a_report())
    said = plain["said"]
    assert isinstance(said, dict)
    with pytest.raises(BadReportError, match="colour"):
        wire.from_json({**plain, "said": {**said, "colour": "red"}})
    with pytest.raises(BadReportError, match="colour"):
        wire.from_json({**plain, "colour": "red"})


def test_a_changed_report_is_refused() -> None:
    """A bridge that was closed when it was reported cannot arrive as open under the same id."""
    plain = wire.to_json(a_report())
    said = plain["said"]
    assert isinstance(said, dict)
    with pytest.raises(BadReportError, match="id does not match"):
        wire.from_json({**plain, "said": {**said, "state": 1}})


def test_the_same_number_in_another_type_is_the_same_report() -> None:
    """Five people are five people, whether a reader found 5 or 5.0."""
    ids = {
        make(
            PeopleSaid(low=low, best=None, high=9.0, counted="residents", measure=Measure.STOCK),
            source=Source(name="x"),
            seen_from=DAY,
            recorded_at=DAY,
        ).id
        for low in (5, 5.0)
    }
    assert len(ids) == 1


def test_the_same_moment_in_another_zone_is_the_same_report() -> None:
    """Baghdad's nine o'clock is six o'clock UTC, and is kept as UTC."""
    baghdad = timezone(timedelta(hours=3))
    said = StreetSaid(state=StreetState.OPEN)
    one = make(said, source=Source(name="x"), seen_from=DAY, recorded_at=DAY)
    other = make(said, source=Source(name="x"), seen_from=DAY.astimezone(baghdad), recorded_at=DAY)
    assert one == other
    assert other.seen_from.tzinfo is UTC


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (HazardSaid(hazard="shelling", status=HazardStatus.SUSPECTED, radius_m=-1.0), None),
        (HazardSaid(hazard="shelling", status=HazardStatus.SUSPECTED, radius_m=float("nan")), None),
        (PeopleSaid(low=9, best=None, high=5, counted="x", measure=Measure.STOCK), None),
        (StreetSaid(state=StreetState.OPEN), Point(693_000, 3_805_000)),
        (StreetSaid(state=StreetState.OPEN), Point()),
        (StreetSaid(state=StreetState.OPEN, cause="\ud800"), None),
    ],
)
def test_what_cannot_be_true_is_refused(
    said: HazardSaid | PeopleSaid | StreetSaid, where: Point | None
) -> None:
    """Negative reaches, numbers that are none, crossed bounds and places off the globe."""
    with pytest.raises(BadReportError):
        make(said, source=Source(name="x"), seen_from=DAY, recorded_at=DAY, where=where)


def test_times_must_have_a_zone_and_an_order() -> None:
    """A time without a zone, or an end before its start, is refused."""
    said = StreetSaid(state=StreetState.OPEN)
    with pytest.raises(BadReportError, match="time zone"):
        make(said, source=Source(name="x"), seen_from=DAY.replace(tzinfo=None), recorded_at=DAY)
    with pytest.raises(BadReportError, match="before it was first seen"):
        make(
            said,
            source=Source(name="x"),
            seen_from=DAY,
            seen_to=DAY - timedelta(days=1),
            recorded_at=DAY,
        )
    with pytest.raises(BadReportError, match="calendar"):
        make(
            said,
            source=Source(name="x"),
            seen_from=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
            recorded_at=DAY,
        )
