# SPDX-License-Identifier: Apache-2.0
"""Threads, processes and a cluster work out the same worlds to the last bit."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, SourceError
from goldenhour.base.grades import UnknownStreets
from goldenhour.times import worlds
from goldenhour.times.carry import Evacuation
from goldenhour.times.worlds import WorldCase
from goldenhour.workflows import cluster as cluster_module
from goldenhour.workflows.cluster import Cluster
from goldenhour.workflows.scheduler import in_threads, open_scheduler
from tests.times.pictures import picture_of
from tests.towns import make_town

N = 7
_ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.xdist_group("dask"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def case() -> WorldCase:
    """Ask a small town full of doubt."""
    town = make_town(11, n_structures=30, n_side=5)
    picture = picture_of(town, unknown=tuple(range(town.streets.n_edges)), rubble_share=0.2)
    rows = np.arange(town.structures.n)
    return WorldCase(
        evacuation=Evacuation.of(town, picture, unknown_streets=UnknownStreets.PASSABLE),
        picture=picture,
        seed=3,
        sites=rows[:4],
        homes=rows,
        limit_s=900.0,
    )


@pytest.fixture(scope="module")
def expected(case: WorldCase) -> list[NDArray[np.float32]]:
    """Work the worlds out one after the other."""
    found = list(worlds.soonest(case, N))
    assert len({one.tobytes() for one in found}) > 1
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Start workers on this machine."""
    with open_scheduler() as cluster:
        yield cluster


def _same(one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]) -> bool:
    """Compare world by world, bit by bit."""
    return [each.tobytes() for each in one] == [each.tobytes() for each in other]


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_threads_change_no_bit(
    case: WorldCase, expected: list[NDArray[np.float32]], n_threads: int
) -> None:
    """One thread or five give the worlds in order, all the same."""

    def run(work, case, numbers):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - a Run
        return in_threads(work, case, numbers, n_threads=n_threads)

    assert _same(list(worlds.soonest(case, N, run=run)), expected)


def test_threads_stop_when_nobody_listens(case: WorldCase) -> None:
    """Who breaks off after the first world waits for a few, not for a million."""
    started: list[int] = []

    def work(case: WorldCase, number: int) -> int:
        del case
        started.append(number)
        return number

    results = in_threads(work, case, range(10**6), n_threads=2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined] # it is a generator
    assert len(started) < 20


def test_a_cluster_of_this_machine_changes_no_bit(
    case: WorldCase, expected: list[NDArray[np.float32]], cluster: Cluster
) -> None:
    """Worker processes on loopback give the same worlds in the same order, pairs and all."""
    assert _same(list(worlds.soonest(case, N, run=cluster)), expected)
    pairs = list(worlds.carry_times(case, 3, run=cluster))
    here = list(worlds.carry_times(case, 3))
    for there, mine in zip(pairs, here, strict=True):
        assert there.home.tobytes() == mine.home.tobytes()
        assert there.seconds.tobytes() == mine.seconds.tobytes()
    assert "127.0.0.1" in cluster.address


def test_a_mistake_in_the_work_is_not_tried_again(case: WorldCase, cluster: Cluster) -> None:
    """What fails for a reason of its own comes back as it is."""
    with pytest.raises(ZeroDivisionError):
        list(cluster(_fails, case, range(3)))


def test_a_worker_that_dies_loses_no_world(
    case: WorldCase, expected: list[NDArray[np.float32]], cluster: Cluster
) -> None:
    """A worker killed in the middle is replaced, and no world is missing or comes twice."""
    found = []
    for seconds in worlds.soonest(case, N, run=cluster):
        found.append(seconds)
        if len(found) == 2:
            os.kill(cluster.worker_pids()[0], signal.SIGKILL)
    assert _same(found, expected)


def test_a_scheduler_elsewhere(
    case: WorldCase,
    expected: list[NDArray[np.float32]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By address: no workers, one that gives the same worlds, one that dies, then nobody at all."""
    for name in ("_ALONE_S", "_LOOK_S", "_ANSWER_S"):
        monkeypatch.setattr(f"goldenhour.workflows.cluster.{name}", 1.0)
    with _scheduler(tmp_path) as (scheduler, address):
        with pytest.raises(InputError, match="no workers"), open_scheduler(address):
            pass
        with _worker(address) as worker, open_scheduler(address) as cluster:
            assert _same(list(worlds.soonest(case, N, run=cluster)), expected)
            few = cluster(_slow, case, range(100))
            assert next(few) == 0
            worker.kill()
            with pytest.raises(SourceError, match="no other took their place"):
                list(few)
            scheduler.kill()
            with pytest.raises(SourceError, match="no longer answers"):
                list(cluster(_slow, case, range(3)))


def test_other_versions_are_refused(
    case: WorldCase, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers of another make are named before they work, and what they give is not taken."""
    there = cluster_module._versions()
    monkeypatch.setattr(cluster_module, "_versions", lambda: there | {"numpy": "1.0"})
    found = re.escape(f"numpy {there['numpy']} instead of 1.0")
    with pytest.raises(InputError, match=found):
        list(cluster(_slow, case, range(2)))


def test_a_world_in_the_place_of_another_is_refused(
    case: WorldCase, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world that comes under the number of another stops the count."""
    monkeypatch.setattr(cluster_module, "_signed", _signed_wrong)
    with pytest.raises(SourceError, match="World 1 came for world 0"):
        list(cluster(_slow, case, range(2)))


def test_ctrl_c_stops_workers_and_leaves_nothing(tmp_path: Path) -> None:
    """Interrupted like from a terminal, all processes end at once, without a word or a file."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS],
        cwd=_ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # noqa: TID251 - tests are a face
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        first = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stdout.read()  # ends when the last of all processes has ended
    assert first == b"0\n", rest
    assert process.returncode == 130
    assert not rest.strip(b"0123456789\n")
    assert not list(tmp_path.glob("goldenhour-*"))


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nobody answers, or that is none, is named, and nothing hangs."""
    monkeypatch.setattr("goldenhour.workflows.scheduler._CONNECT_S", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", ""):
        with pytest.raises(SourceError, match="No Dask scheduler"), open_scheduler(address):
            pass


def _fails(case: WorldCase, number: int) -> int:
    """Divide by nothing."""
    del case
    return number // 0


def _slow(case: WorldCase, number: int) -> int:
    """Take a while."""
    del case
    signal.sigtimedwait((), 0.2)
    return number


def _signed_wrong(
    work: Callable[[WorldCase, int], int], case: WorldCase, number: int
) -> tuple[int, dict[str, str], int]:
    """Answer under another number."""
    return number + 1, cluster_module._versions(), work(case, number)


_ENDLESS = """
import sys
from tests.workflows.test_scheduler import _slow
from goldenhour.workflows.scheduler import open_scheduler
if __name__ == "__main__":
    try:
        with open_scheduler() as cluster:
            for number in cluster(_slow, None, range(10_000)):
                print(number, flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@contextmanager
def _scheduler(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a scheduler on a free port of loopback."""
    file = folder / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file")
    with _started("dask_scheduler", *options, str(file)) as process:
        for _ in range(600):
            if file.exists() and (found := re.search(r"tcp://[0-9.:]+", file.read_text())):
                break
            assert process.poll() is None
            signal.sigtimedwait((), 0.05)
        else:
            pytest.fail("the scheduler never came")
        yield process, found.group()


@contextmanager
def _worker(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start one worker and wait for it."""
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    with _started("dask_worker", address, *options) as process:
        for _ in range(200):
            signal.sigtimedwait((), 0.1)
            with suppress(InputError), open_scheduler(address):
                break
        else:
            pytest.fail("the worker never came")
        yield process


@contextmanager
def _started(program: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of Dask's programs from the project's folder, and stop it."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{program}", *options],
        cwd=_ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def test_dask_loads_only_when_it_is_asked() -> None:
    """Planning on this machine never imports Dask."""
    code = "import sys, goldenhour.workflows.scheduler as s; print('distributed' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert shown.stdout.strip() == b"False"


def test_a_machine_that_lets_no_cluster_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where workers cannot be reached, as without loopback, the error names threads instead."""

    def refuse(**_: object) -> None:
        raise RuntimeError("Cluster failed to start: timed out")

    monkeypatch.setattr("distributed.LocalCluster", refuse)
    with pytest.raises(SourceError, match="No cluster could be started"), open_scheduler("local"):
        pass
