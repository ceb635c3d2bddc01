# SPDX-License-Identifier: Apache-2.0
"""Threads, processes and a cluster work out the same worlds to the last bit."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, SourceError
from goldenhour.base.grades import UnknownStreets
from goldenhour.times import worlds
from goldenhour.times.carry import Evacuation
from goldenhour.times.worlds import WorldCase
from goldenhour.workflows.scheduler import Cluster, in_threads, open_scheduler
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


def test_a_scheduler_elsewhere_changes_no_bit(
    case: WorldCase, expected: list[NDArray[np.float32]], tmp_path: Path
) -> None:
    """A Dask scheduler with a worker of its own, spoken to by address, gives the same worlds."""
    with _scheduler(tmp_path) as address:
        with pytest.raises(InputError, match="no workers"), open_scheduler(address):
            pass
        with _started("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"):
            for _ in range(200):
                signal.sigtimedwait((), 0.1)
                try:
                    with open_scheduler(address) as cluster:
                        assert _same(list(worlds.soonest(case, N, run=cluster)), expected)
                    break
                except InputError:
                    continue
            else:
                pytest.fail("the worker never came")


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


@contextmanager
def _scheduler(folder: Path) -> Iterator[str]:
    """Start a scheduler on a free port of loopback."""
    file = folder / "scheduler.json"
    options = (
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    )
    with _started("dask_scheduler", *options) as process:
        for _ in range(600):
            if file.exists() and (found := re.search(r"tcp://[0-9.:]+", file.read_text())):
                break
            assert process.poll() is None
            signal.sigtimedwait((), 0.05)
        else:
            pytest.fail("the scheduler never came")
        yield found.group()


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
    assert Cluster.__module__ == "goldenhour.workflows.scheduler"
