# SPDX-License-Identifier: Apache-2.0
"""Field messages in a table, English and Arabic."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely import Point

from goldenhour.base.errors import MissingColumnError
from goldenhour.base.grades import (
    Credibility,
    Mode,
    Reliability,
    Sensitivity,
    StreetState,
    Tier,
    Verdict,
)
from goldenhour.reports.said import AccessSaid, CareSaid, HazardSaid, HazardStatus, Said, StreetSaid
from goldenhour.sources import messages_csv
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes

HEADER = (
    "kind,lon,lat,state,cause,seen,source,valid_until,hazard,radius_m,access,facility,tier,beds,"
    "delay_s,modes,about,reliability,credibility,exercise"
)
COLUMNS = HEADER.split(",")


def read(tmp_path: Path, *lines: dict[str, str]) -> Reading:
    """Read messages, each of them where and when unless it says otherwise."""
    usual = {"lon": "40.99", "lat": "34.39", "seen": "2017-11-04T06:00:00Z", "source": "team 2"}
    rows = [",".join(({**usual, **line}).get(name, "") for name in COLUMNS) for line in lines]
    path = tmp_path / "messages.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    assert messages_csv.recognises(path)
    return messages_csv.read(path, recorded_at=NOW, want=None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            {"kind": "street", "state": "closed", "cause": "ركام المبنى"},
            StreetSaid(state=StreetState.CLOSED, cause="ركام المبنى"),
        ),
        (
            {"kind": "جسر", "state": "مقيد", "delay_s": "600", "modes": "vehicle"},
            StreetSaid(state=StreetState.RESTRICTED, modes=(Mode.VEHICLE,), delay_s=600.0),
        ),
        (
            {"kind": "hazard", "hazard": "explosive", "state": "suspected", "radius_m": "50"},
            HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED, radius_m=50.0),
        ),
        (
            {"kind": "خطر", "cause": "لغم", "state": "مؤكد"},
            HazardSaid(hazard="explosive", status=HazardStatus.CONFIRMED),
        ),
        (
            {"kind": "access", "access": "checkpoint", "state": "restricted", "delay_s": "1800"},
            AccessSaid(access="checkpoint", state=StreetState.RESTRICTED, delay_s=1800.0),
        ),
        (
            {"kind": "care", "facility": "النقطة", "tier": "tsp", "state": "يعمل", "beds": "4"},
            CareSaid(facility="النقطة", tier=Tier.TSP, functioning=Verdict.FIT, beds=4),
        ),
        (
            {"kind": "care", "facility": "clinic", "state": "unknown"},
            CareSaid(facility="clinic", tier=None, functioning=Verdict.UNKNOWN),
        ),
    ],
)
def test_a_message_becomes_what_it_says(tmp_path: Path, line: dict[str, str], said: Said) -> None:
    """Streets, hazards, access and care, in the words of either language."""
    reading = read(tmp_path, line)
    assert [report.said for report in reading.reports] == [said]
    assert reading.findings == ()


def test_a_message_keeps_who_when_and_until(tmp_path: Path) -> None:
    """Place, time, validity, source and its grade; unjudged unless somebody judged."""
    line = {"kind": "street", "state": "open", "valid_until": "2017-11-05"}
    judged = {**line, "reliability": "b", "credibility": "2", "exercise": "yes"}
    first, second = read(tmp_path, line, judged).reports
    assert first.where == Point(40.99, 34.39)
    assert first.seen_from == datetime(2017, 11, 4, 6, tzinfo=UTC)
    assert first.valid_until == datetime(2017, 11, 5, 23, 59, 59, tzinfo=UTC)
    assert (first.source.reliability, first.credibility) == (
        Reliability.F,
        Credibility.CANNOT_JUDGE,
    )
    assert (second.source.reliability, second.credibility) == (Reliability.B, Credibility.PROBABLE)
    assert (first.source.exercise, second.source.exercise) == (False, True)


def test_where_care_is_given_is_restricted(tmp_path: Path) -> None:
    """Coordinates of care are targets: not for every eye."""
    reading = read(
        tmp_path,
        {"kind": "care", "facility": "clinic", "state": "unknown"},
        {"kind": "street", "state": "open"},
    )
    assert [r.sensitivity for r in reading.reports] == [
        Sensitivity.RESTRICTED,
        Sensitivity.INTERNAL,
    ]


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "rumour", "state": "closed"},
        {"kind": "street", "state": "maybe"},
        {"kind": "street", "state": ""},
        {"kind": "street", "state": "closed", "modes": "donkey"},
        {"kind": "street", "state": "closed", "delay_s": "-5"},
        {"kind": "street", "state": "closed", "lon": ""},
        {"kind": "street", "state": "closed", "lat": "north"},
        {"kind": "street", "state": "closed", "lat": "134.39"},
        {"kind": "street", "state": "closed", "seen": ""},
        {"kind": "street", "state": "closed", "seen": "yesterday"},
        {"kind": "street", "state": "closed", "valid_until": "soon"},
        {"kind": "street", "state": "closed", "reliability": "Z"},
        {"kind": "hazard", "hazard": "dragon", "state": "confirmed"},
        {"kind": "hazard", "hazard": "explosive", "state": "closed"},
        {"kind": "access", "access": "", "state": "closed"},
        {"kind": "care", "facility": "x", "tier": "big", "state": "works"},
        {"kind": "care", "facility": "x", "state": "works", "beds": "some"},
    ],
)
def test_a_wrong_cell_is_named_with_its_row_never_guessed(
    tmp_path: Path, line: dict[str, str]
) -> None:
    """The row is left out and found again by its number; the next one is read."""
    reading = read(tmp_path, line, {"kind": "street", "state": "open"})
    assert len(reading.reports) == 1
    [finding] = reading.findings
    assert (finding.code, finding.rows) == ("unreadable-row", ("2",))


def test_a_time_without_zone_is_taken_as_utc_and_said(tmp_path: Path) -> None:
    """Clocks on the spot may differ by hours: the reader is told."""
    reading = read(tmp_path, {"kind": "street", "state": "open", "seen": "2017-11-04 06:00"})
    assert reading.reports[0].seen_from == datetime(2017, 11, 4, 6, tzinfo=UTC)
    assert codes(reading.findings) == ["no-time-zone"]


def test_a_message_may_name_a_street_instead_of_a_place(tmp_path: Path) -> None:
    """With the id of a street no coordinates are needed; a message sent twice counts once."""
    line = {"kind": "street", "state": "open", "lon": "", "lat": "", "about": "s12"}
    reading = read(tmp_path, line, line)
    assert [(r.about, r.where) for r in reading.reports] == [("s12", None)]
    assert codes(reading.findings) == ["repeated-rows"]


def test_a_table_without_a_kind_is_an_error(tmp_path: Path) -> None:
    """Another table is not recognised, and named as what it lacks."""
    path = tmp_path / "a.csv"
    path.write_text("state,seen\nopen,2017-11-04\n", encoding="utf-8")
    assert not messages_csv.recognises(path)
    with pytest.raises(MissingColumnError):
        messages_csv.read(path, recorded_at=NOW, want=None)
