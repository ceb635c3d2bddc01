# SPDX-License-Identifier: Apache-2.0
"""The ledger: append-only, merged by union, never half-written, never a traceback."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box

from goldenhour.base.errors import BadReportError, InputError, StoreError
from goldenhour.base.grades import StreetState
from goldenhour.reports import rows
from goldenhour.reports.ledger import Added, Ledger
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import StreetSaid
from tests.reports.many import many
from tests.strategies import reports

DAY = datetime(2017, 11, 4, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a new ledger."""
    with Ledger.create(tmp_path / "ledger.db") as made:
        yield made


def street(
    state: StreetState,
    *,
    seen: datetime = DAY,
    heard: datetime | None = None,
    supersedes: tuple[ReportId, ...] = (),
) -> Report:
    """Report the state of one street."""
    return make(
        StreetSaid(state=state),
        source=Source(name="driver"),
        about="bridge-0",
        seen_from=seen,
        recorded_at=heard or seen,
        supersedes=supersedes,
    )


def state_of(ledger: Ledger) -> tuple[tuple[Report, ...], str]:
    """Everything that can be seen of a ledger: each report with its earliest receipt."""
    return ledger.everything(), ledger.digest()


def test_what_was_added_is_there_after_reopening(tmp_path: Path) -> None:
    """A ledger that was closed and opened again holds the same reports, oldest first."""
    batch = list(many(50))
    with Ledger.create(tmp_path / "ledger.db") as ledger:
        assert ledger.add(reversed(batch)) == Added(n_new=50, n_known=0)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert list(ledger.reports()) == batch
        assert ledger.count() == 50
        ledger.check()


@pytest.mark.laws
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(reports(), max_size=6))
def test_any_report_comes_back_as_it_was(batch: list[Report]) -> None:
    """Whatever was said, with whatever odd text or place, the ledger gives it back the same."""
    with TemporaryDirectory() as folder, Ledger.create(Path(folder) / "l.db") as ledger:
        ledger.add(batch)
        earliest: dict[str, Report] = {}
        for report in sorted(batch, key=lambda report: report.recorded_at):
            earliest.setdefault(report.id, report)
        order = sorted(earliest.values(), key=lambda report: (report.seen_from, report.id))
        assert list(ledger.everything()) == order
        ledger.check()


def test_a_duplicate_is_counted_and_the_earliest_hearing_kept(ledger: Ledger) -> None:
    """The same message by two roads is one report, heard when it was first heard."""
    late = street(StreetState.OPEN, heard=DAY + 5 * HOUR)
    early = replace(late, recorded_at=DAY + HOUR)
    ledger.add([late])
    assert ledger.add([early, late]) == Added(n_new=0, n_known=1)
    assert ledger.reports() == (early,)


def test_adding_nothing_adds_nothing(ledger: Ledger) -> None:
    """An empty batch is no error."""
    assert ledger.add([]) == Added(n_new=0, n_known=0)


def test_as_of_leaves_out_what_was_not_yet_known(ledger: Ledger) -> None:
    """Seen early but heard late counts from when it was heard; seen later never counts before."""
    late = street(StreetState.CLOSED, heard=DAY + 5 * HOUR)
    ahead = street(StreetState.OPEN, seen=DAY + 9 * HOUR, heard=DAY)
    ledger.add([late, ahead])
    assert ledger.reports(DAY + HOUR) == ()
    assert ledger.reports(DAY + 5 * HOUR) == (late,)
    assert ledger.reports(DAY + 9 * HOUR) == (late, ahead)


def test_a_moment_needs_a_time_zone(ledger: Ledger) -> None:
    """Asking for a moment without a zone is refused with advice."""
    with pytest.raises(InputError, match="time zone"):
        ledger.reports(DAY.replace(tzinfo=None))


def test_a_correction_counts_from_when_it_is_known(ledger: Ledger) -> None:
    """Until the correction is heard, the wrong report still counts."""
    wrong = street(StreetState.OPEN)
    right = street(StreetState.CLOSED, heard=DAY + 2 * HOUR, supersedes=(wrong.id,))
    ledger.add([wrong, right])
    assert ledger.reports(DAY + HOUR) == (wrong,)
    assert ledger.reports(DAY + 2 * HOUR) == (right,)
    assert set(ledger.everything()) == {wrong, right}


@pytest.mark.laws
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(reports(), min_size=1, max_size=6), st.data())
def test_merging_is_a_union(pool: list[Report], data: st.DataObject) -> None:
    """Merge is commutative, associative and idempotent, whatever each ledger knew and when."""
    heard = st.tuples(st.sampled_from(pool), st.timedeltas(timedelta(0), timedelta(days=9)))
    parts = [
        [
            replace(report, recorded_at=report.recorded_at + span)
            for report, span in data.draw(st.lists(heard, max_size=5))
        ]
        for _ in range(3)
    ]
    with TemporaryDirectory() as folder:

        def merged(name: str, *order: int | str) -> str:
            """Merge ledgers, given by number or by name, into a new one."""
            with Ledger.create(Path(folder) / name) as into:
                for which in order:
                    with Ledger.open(Path(folder) / str(which)) as other:
                        into.merge(other)
            return name

        def seen(name: str) -> tuple[tuple[Report, ...], str]:
            """Look at a ledger."""
            with Ledger.open(Path(folder) / name) as ledger:
                return state_of(ledger)

        for i, part in enumerate(parts):
            with Ledger.create(Path(folder) / str(i)) as ledger:
                ledger.add(part)
        assert seen(merged("ab", 0, 1)) == seen(merged("ba", 1, 0))
        merged("bc", 1, 2)
        assert seen(merged("ab-c", "ab", 2)) == seen(merged("a-bc", 0, "bc"))
        assert seen(merged("twice", "ab", "ab", 0)) == seen("ab")


def rewritten(ledger: Ledger, *, with_seal: bool) -> None:
    """Rewrite a report behind the ledger's back, as a bad disk does, or as a forger does."""
    with closing(sqlite3.connect(ledger.path)) as raw, raw:
        raw.execute("DROP TRIGGER reports_never_change")
        raw.execute("UPDATE reports SET about = 'elsewhere' WHERE rowid = 2")
        if with_seal:
            names = rows.Row._fields[: rows._N_SEALED]
            found = raw.execute(f"SELECT {', '.join(names)} FROM reports WHERE rowid = 2")  # noqa: S608 - our own names
            row = dict(zip(names, found.fetchone(), strict=True))
            row["exercise"] = bool(row["exercise"])
            raw.execute("UPDATE reports SET seal = ? WHERE rowid = 2", [rows._seal(row.values())])


@pytest.mark.parametrize("with_seal", [False, True])
def test_a_merge_refuses_a_report_that_was_changed(
    tmp_path: Path, ledger: Ledger, *, with_seal: bool
) -> None:
    """A colleague's ledger in which a report was rewritten is refused as a whole."""
    with Ledger.create(tmp_path / "theirs.db") as theirs:
        theirs.add(many(3))
        rewritten(theirs, with_seal=with_seal)
        refused = pytest.raises(BadReportError, match="id does not match")
        with refused if with_seal else pytest.raises(StoreError, match="not what was written"):
            ledger.merge(theirs)
        with pytest.raises(StoreError, match=r"damaged|not what was written"):
            theirs.check()
    assert ledger.count() == 0


def test_a_damaged_file_never_tells_another_story(tmp_path: Path) -> None:
    """Bytes flipped anywhere: the ledger is refused, or tells exactly what it was told."""
    path = tmp_path / "ledger.db"
    with Ledger.create(path) as written:
        written.add(many(200))
        told = written.reports()
    whole = path.read_bytes()
    chance = np.random.Generator(np.random.PCG64(7))
    n_refused = 0
    for number in range(60):
        spoilt = bytearray(whole)
        for _ in range(8):
            spoilt[int(chance.integers(100, len(spoilt)))] ^= 1 << int(chance.integers(8))
        copy = tmp_path / f"{number}.db"
        copy.write_bytes(spoilt)
        try:
            with Ledger.open(copy) as damaged:
                assert damaged.reports() == told
        except StoreError:
            n_refused += 1
    assert n_refused > 0


@pytest.mark.laws
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(reports(), max_size=8),
    st.tuples(st.floats(-180, 90), st.floats(-90, 45), st.floats(0, 90), st.floats(0, 45)),
)
def test_a_box_holds_what_touches_it(
    batch: list[Report], corner: tuple[float, float, float, float]
) -> None:
    """The box index finds what comparing every place with the box finds."""
    west, south, width, height = corner
    around = (west, south, west + width, south + height)
    with TemporaryDirectory() as folder, Ledger.create(Path(folder) / "l.db") as ledger:
        ledger.add(batch)
        near = {
            report.id for report in batch if report.where and box(*around).intersects(report.where)
        }
        assert {report.id for report in ledger.within(around)} == near


@pytest.mark.parametrize("table", ["reports", "receipts"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
def test_nobody_changes_or_deletes(ledger: Ledger, table: str, verb: str) -> None:
    """Even another program cannot rewrite the ledger by an ordinary statement."""
    ledger.add(many(2))
    with (
        closing(sqlite3.connect(ledger.path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        raw.execute(verb.format(table))
    assert ledger.count() == 2


def test_two_programs_may_add_at_once(tmp_path: Path) -> None:
    """Two open ledgers on one file see each other's reports."""
    with (
        Ledger.create(tmp_path / "ledger.db") as one,
        Ledger.open(tmp_path / "ledger.db") as other,
    ):
        one.add(many(3))
        other.add(many(3, start=3))
        assert one.count() == other.count() == 6
        assert one.digest() == other.digest()


def nothing_there(path: Path) -> None:
    """Leave the path empty."""


def a_folder(path: Path) -> None:
    """Put a folder where the ledger should be."""
    path.mkdir()


def an_empty_file(path: Path) -> None:
    """Leave an empty file, as a crash before the first write would."""
    path.touch()


def a_text(path: Path) -> None:
    """Put a text where the ledger should be."""
    path.write_text("not a ledger " * 500)


def another_database(path: Path) -> None:
    """Put some other program's database there."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE reports (id)")


def a_newer_ledger(path: Path) -> None:
    """Put a ledger of tomorrow's goldenhour there."""
    Ledger.create(path).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 99")


def a_cut_ledger(path: Path) -> None:
    """Cut a ledger in the middle, as a pulled stick would."""
    with Ledger.create(path) as ledger:
        ledger.add(many(500))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


@pytest.mark.parametrize(
    "trouble",
    [
        nothing_there,
        a_folder,
        an_empty_file,
        a_text,
        another_database,
        a_newer_ledger,
        a_cut_ledger,
    ],
)
def test_a_bad_file_is_refused_with_advice(tmp_path: Path, trouble: Callable[[Path], None]) -> None:
    """Missing, foreign, newer or cut: the message names the file and says what to do."""
    path = tmp_path / "ledger.db"
    trouble(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as refused, Ledger.open(path) as ledger:
        ledger.reports()
    assert str(path) in refused.value.where
    assert refused.value.do
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_ledger_never_overwrites_a_file(tmp_path: Path) -> None:
    """Creating over anything that holds data is refused."""
    path = tmp_path / "ledger.db"
    path.write_text("precious")
    with pytest.raises(StoreError, match="already"):
        Ledger.create(path)
    assert path.read_text() == "precious"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Creating a ledger in a missing folder says which."""
    with pytest.raises(StoreError) as refused:
        Ledger.create(tmp_path / "missing" / "ledger.db")
    assert "missing" in refused.value.where


def test_a_full_disk_keeps_nothing_of_the_batch(ledger: Ledger) -> None:
    """When the disk fills up half-way through a batch, the ledger stays as it was."""
    ledger.add(many(10))
    before = state_of(ledger)
    with ledger._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="disk is full"):
        ledger.add(many(5000, start=10))
    assert state_of(ledger) == before
    ledger.check()


def test_a_read_only_ledger_says_so(ledger: Ledger) -> None:
    """A ledger that may only be read is read, and refuses to be added to."""
    ledger.add(many(10))
    with ledger._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="cannot be written"):
        ledger.add(many(1, start=10))
    assert ledger.count() == 10


def test_a_locked_ledger_says_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the lock, adding waits, then gives up with advice."""
    monkeypatch.setattr("goldenhour.reports.sqlite._BUSY_MS", 50)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program"):
            ledger.add(many(1))


def test_a_big_town_loads_in_a_moment(ledger: Ledger) -> None:
    """Adding 14,000 reports and loading them takes seconds at worst, also on a busy machine."""
    batch = list(many(14_000))
    start = time.perf_counter()
    ledger.add(batch)
    added = time.perf_counter()
    loaded = ledger.reports()
    done = time.perf_counter()
    assert len(loaded) == 14_000
    assert added - start < 8
    assert done - added < 4
