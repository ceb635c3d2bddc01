# SPDX-License-Identifier: Apache-2.0
"""
Where worlds are worked out: threads of this process, processes of this machine, or a Dask cluster.

All give the same numbers in the same order. A cluster of this machine listens on loopback only,
shows no dashboard, and ends with the work; its scratch folder too.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from goldenhour.base.errors import SourceError
from goldenhour.times.worlds import WorldCase
from goldenhour.workflows.cluster import AHEAD, Cluster, in_order

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

_Result = TypeVar("_Result")
Work = Callable[[WorldCase, int], _Result]

LOCAL = "local"
"""Stands for a cluster of this machine's cores."""

_CONNECT_S = 10
_CLOSE_S = 5
_SILENT = "30 s"  # after that a worker of ours is taken for dead; Dask looks as often
_DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"  # we stop our workers


def in_threads(
    work: Work[_Result], case: WorldCase, numbers: Iterable[int], *, n_threads: int | None = None
) -> Iterator[_Result]:
    """
    Run worlds in threads of this process.

    Parameters
    ----------
    work
        What to do in each world.
    case
        The question.
    numbers
        World numbers.
    n_threads
        How many; as many as there are cores if left out.

    Yields
    ------
    result
        One per world, in order.
    """
    n = n_threads or os.cpu_count() or 1
    pool = ThreadPoolExecutor(max_workers=n)
    try:
        yield from in_order(
            lambda number: pool.submit(work, case, number),
            lambda _, future: future.result(),
            numbers,
            n_ahead=AHEAD * n,
        )
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def open_scheduler(address: str = LOCAL) -> Iterator[Cluster]:
    """
    Connect to a Dask scheduler, or start one on this machine.

    Parameters
    ----------
    address
        Such as ``tcp://10.0.0.7:8786``; ``local`` starts workers on this machine, one per core, and
        stops them afterwards.

    Yields
    ------
    cluster
        To be given to ``times.worlds`` as ``run``.

    Raises
    ------
    SourceError
        If nobody answers at the address.
    InputError
        If its workers run other versions than this machine, or there are none.
    """
    with ExitStack() as stack:
        stack.enter_context(_hushed())
        there = stack.enter_context(_processes()) if address == LOCAL else address
        client = _connected(there)
        stack.callback(client.close, timeout=_CLOSE_S)
        cluster = Cluster(client)
        if address != LOCAL:
            cluster.check_workers()
        yield cluster


@contextmanager
def _processes() -> "Iterator[LocalCluster]":
    """Start a scheduler and a worker process per core, each with its part of the memory."""
    import dask  # noqa: PLC0415 - takes half a second to load

    with (
        dask.config.set({"distributed.scheduler.worker-ttl": _SILENT}),
        TemporaryDirectory(prefix="goldenhour-", ignore_cleanup_errors=True) as scratch,
        _started(scratch) as local,
    ):
        yield local


def _started(scratch: str) -> "LocalCluster":
    """Start them, with scratch files in one folder."""
    from distributed import LocalCluster  # noqa: PLC0415 - see above

    try:
        return LocalCluster(
            host="127.0.0.1",
            n_workers=os.cpu_count() or 1,
            threads_per_worker=1,
            processes=True,
            memory_limit="auto",
            dashboard_address="127.0.0.1:0",  # None would take a port that may be in use
            scheduler_kwargs={"dashboard": False},
            silence_logs=logging.CRITICAL,
            local_directory=scratch,
            preload=[_DEAF],
        )
    except (OSError, RuntimeError) as error:
        raise SourceError(
            "No cluster could be started on this machine.",
            where="127.0.0.1",
            do="Leave --scheduler out: threads of this process give the same numbers.",
            code="GH152",
        ) from error


def _connected(there: "LocalCluster | str") -> "Client":
    """Speak to a scheduler."""
    from distributed import Client  # noqa: PLC0415 - see above

    try:
        return Client(there, timeout=_CONNECT_S)
    except (OSError, ValueError, TypeError) as error:
        raise SourceError(
            "No Dask scheduler answers.",
            where=str(there),
            do="Check the address and that `dask scheduler` runs there; without --scheduler this "
            "machine does the work.",
            code="GH152",
        ) from error


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep Dask from logging what we say in words of our own."""
    import distributed  # noqa: F401, PLC0415 - sets the levels of its logs

    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    logs = [logging.getLogger(name) for name in names]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)
