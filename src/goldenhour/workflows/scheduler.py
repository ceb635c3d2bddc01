# SPDX-License-Identifier: Apache-2.0
"""
Where worlds are worked out: threads of this process, processes of this machine, or a Dask cluster.

All give the same numbers in the same order. A cluster of this machine listens on loopback only,
shows no dashboard, and ends with the work.
"""

import logging
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from goldenhour.base.errors import InputError, SourceError
from goldenhour.times.worlds import WorldCase

if TYPE_CHECKING:
    from distributed import Client

_Result = TypeVar("_Result")
Work = Callable[[WorldCase, int], _Result]

LOCAL = "local"
"""Stands for a cluster of this machine's cores."""

_AHEAD = 2  # worlds in hand per worker: enough to keep it busy, and few enough to keep in memory
_ATTEMPTS = 3
_CONNECT_S = 10
_MATTERS = ("goldenhour", "numpy", "numba", "distributed")


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
        yield from _in_order(
            lambda number: pool.submit(_numbered, work, case, number), numbers, n_ahead=_AHEAD * n
        )
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def open_scheduler(address: str = LOCAL) -> "Iterator[Cluster]":
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
    from distributed import Client, LocalCluster  # noqa: PLC0415 - takes half a second to load

    if address == LOCAL:
        with (
            LocalCluster(
                host="127.0.0.1",
                n_workers=os.cpu_count() or 1,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",  # None would listen everywhere
                silence_logs=logging.CRITICAL,
            ) as local,
            Client(local) as client,
        ):
            yield Cluster(client)
        return
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TypeError) as error:
        raise SourceError(
            "No Dask scheduler answers.",
            where=address,
            do="Check the address and that `dask scheduler` runs there; without --scheduler this "
            "machine does the work.",
            code="GH152",
        ) from error
    with client:
        _check_workers(client, address)
        yield Cluster(client)


class Cluster:
    """
    Workers that run worlds.

    Parameters
    ----------
    client
        An open Dask client.
    """

    def __init__(self, client: "Client") -> None:
        self._client = client

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(self._client.scheduler_info(n_workers=0)["address"])

    def worker_pids(self) -> list[int]:
        """
        List the processes of the workers.

        Returns
        -------
        pids
            Process numbers on the workers' machines.
        """
        return list(self._client.run(os.getpid).values())

    def __call__(
        self, work: Work[_Result], case: WorldCase, numbers: Iterable[int]
    ) -> Iterator[_Result]:
        """
        Run worlds on the workers; the question travels once.

        Worlds of a worker that dies are done again by the others. If the question is lost with
        it, it is sent again.

        Parameters
        ----------
        work
            What to do in each world.
        case
            The question.
        numbers
            World numbers.

        Yields
        ------
        result
            One per world, in order.

        Raises
        ------
        SourceError
            If the workers keep dying.
        """
        left, attempt = list(numbers), 0
        while left:
            try:
                for result in self._run(work, case, tuple(left)):
                    yield result
                    left.pop(0)
            except _lost() as error:
                attempt += 1
                if attempt >= _ATTEMPTS:
                    raise SourceError(
                        "The workers died again and again.",
                        where=f"world {left[0]}",
                        do="Give them more memory, or run without --scheduler.",
                        code="GH153",
                    ) from error

    def _run(
        self, work: Work[_Result], case: WorldCase, numbers: tuple[int, ...]
    ) -> Iterator[_Result]:
        """Send the question to all workers, then keep each of them busy."""
        client = self._client
        client.wait_for_workers(1, timeout=_CONNECT_S)
        question = client.scatter(case, broadcast=True, hash=False)
        n_workers = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        submit = partial(client.submit, _numbered, work, question, pure=False)
        yield from _in_order(submit, numbers, n_ahead=_AHEAD * n_workers)


def _in_order(
    submit: Callable[[int], Any], numbers: Iterable[int], *, n_ahead: int
) -> Iterator[Any]:
    """Hand results back in order, with a few worlds on their way."""
    coming = iter(numbers)
    waiting = [(number, submit(number)) for number in islice(coming, n_ahead)]
    while waiting:
        number, future = waiting.pop(0)
        answered, result = future.result()
        if answered != number:  # a world in another's place would pass every count
            raise SourceError(f"World {answered} came for world {number}.", code="GH153")
        waiting += [(number, submit(number)) for number in islice(coming, 1)]
        yield result


def _numbered(work: Work[_Result], case: WorldCase, number: int) -> tuple[int, _Result]:
    """Work a world out and say which one it was."""
    return number, work(case, number)


def _check_workers(client: "Client", address: str) -> None:
    """Refuse workers that could give other numbers, or cannot run the work at all."""
    mine, theirs = _versions(), client.run(_versions)
    if not theirs:
        raise InputError(
            "The scheduler has no workers.",
            where=address,
            do="Start some with `dask worker ADDRESS` in an environment with goldenhour.",
            code="GH154",
        )
    for worker, found in theirs.items():
        if found != mine:
            other = ", ".join(f"{name} {found[name]}" for name in mine if found[name] != mine[name])
            raise InputError(
                f"A worker runs other versions than this machine: {other}.",
                where=str(worker),
                do="Install the same versions everywhere.",
                code="GH154",
            )


def _versions() -> dict[str, str]:
    """Name the versions on which numbers rest."""
    return {name: version(name) for name in _MATTERS} | {"python": platform.python_version()}


def _lost() -> tuple[type[BaseException], ...]:
    """Name what is raised when a worker took the question with it."""
    from distributed import KilledWorker  # noqa: PLC0415 - see open_scheduler
    from distributed.client import FutureCancelledError  # noqa: PLC0415
    from distributed.comm.core import CommClosedError  # noqa: PLC0415

    return (KilledWorker, FutureCancelledError, CommClosedError, CancelledError, TimeoutError)
