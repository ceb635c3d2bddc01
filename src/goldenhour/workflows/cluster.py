# SPDX-License-Identifier: Apache-2.0
"""
Worlds on the workers of a Dask cluster, which may die, hang or be of another make.

Whatever happens, every world comes back once, in its place, from workers that run what this
machine runs; or a named error comes, and nobody waits for ever.
"""

import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cache, partial
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from goldenhour.base.errors import InputError, SourceError
from goldenhour.times.worlds import WorldCase

if TYPE_CHECKING:
    from distributed import Client, Future

_Result = TypeVar("_Result")
Work = Callable[[WorldCase, int], _Result]

AHEAD = 2
"""Worlds in hand per worker: enough to keep it busy, and few enough to keep in memory."""

_ATTEMPTS = 3
_ANSWER_S = 10.0
_LOOK_S = 2.0
_ALONE_S = 30.0  # long enough for a new worker to take the place of one that died
_STALL_S = 900.0  # a world takes seconds; schedulers give silent workers up after 10 minutes
_MATTERS = ("numpy", "numba", "scipy", "shapely", "distributed")


class Cluster:
    """
    Workers that run worlds.

    Parameters
    ----------
    client
        An open Dask client.

    Attributes
    ----------
    address
        Where the scheduler listens.
    """

    def __init__(self, client: "Client") -> None:
        self._client = client
        self.address = str(client.scheduler_info(n_workers=0)["address"])

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
            If the workers keep dying, or the scheduler no longer answers.
        InputError
            If a worker that came later runs other versions.
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
                    raise _dying(where=f"world {left[0]}") from error

    def check_workers(self) -> None:
        """
        Refuse workers that could give other numbers, or cannot run the work at all.

        Raises
        ------
        InputError
            If there are no workers, or some run other versions.
        """
        workers = self._workers()
        if not workers:
            raise InputError(
                "The scheduler has no workers.",
                where=self.address,
                do="Start some with `dask worker ADDRESS` in an environment with goldenhour.",
                code="GH154",
            )
        asked = {
            worker: self._client.submit(_versions, workers=[worker], pure=False)
            for worker in workers
        }
        for worker, future in asked.items():
            with suppress(TimeoutError):  # busy: what it gives says its versions, too
                _same_versions(_answer(worker, future), where=worker)

    def _run(self, work: Work[_Result], case: WorldCase, numbers: tuple[int, ...]) -> Iterator[Any]:
        """Send the question to all workers, then keep each of them busy."""
        n_workers = self._some_workers()
        question = self._client.scatter(case, broadcast=True, hash=False)
        submit = partial(self._client.submit, _signed, work, question, pure=False)
        yield from in_order(submit, self._result, numbers, n_ahead=AHEAD * n_workers)

    def _result(self, number: int, future: "Future[Any]") -> Any:  # noqa: ANN401 - what the work gives
        """Wait for a world as long as there is anybody who works on it."""
        from distributed import KilledWorker  # noqa: PLC0415 - takes half a second to load

        answer: tuple[int, dict[str, str], Any] | None = None
        until = time.monotonic() + _STALL_S
        while answer is None:
            try:
                answer = future.result(timeout=_LOOK_S)
            except TimeoutError:
                if future.status == "error":  # the work's own
                    raise
                self._some_workers()
                if time.monotonic() > until:
                    raise _silent(where=f"world {number}") from None
            except KilledWorker as error:
                raise _dying(where=f"world {number}") from error
        answered, theirs, result = answer
        _same_versions(theirs, where=self.address)
        if answered != number:
            raise SourceError(f"World {answered} came for world {number}.", code="GH153")
        return result

    def _some_workers(self) -> int:
        """Wait a while for a worker, and count them."""
        until = time.monotonic() + _ALONE_S
        while not (n_workers := len(self._workers())):
            if time.monotonic() > until:
                raise _dying(where=self.address)
            time.sleep(_LOOK_S / 4)
        return n_workers

    def _workers(self) -> list[str]:
        """List the workers; a scheduler that does not say is lost."""
        try:
            scheduler: Any = self._client.scheduler
            found = self._client.sync(scheduler.identity, n_workers=-1, callback_timeout=_ANSWER_S)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise SourceError(
                "The Dask scheduler no longer answers.",
                where=self.address,
                do="See whether it still runs, or run without --scheduler.",
                code="GH152",
            ) from error
        return list(found["workers"])


def in_order(
    submit: Callable[[int], Any],
    result: Callable[[int, Any], _Result],
    numbers: Iterable[int],
    *,
    n_ahead: int,
) -> Iterator[_Result]:
    """
    Hand results back in order, with a few worlds on their way.

    Parameters
    ----------
    submit
        Sets a world going.
    result
        Waits for it.
    numbers
        World numbers.
    n_ahead
        How many are on their way at a time.

    Yields
    ------
    result
        One per world.
    """
    coming = iter(numbers)
    waiting = [(number, submit(number)) for number in islice(coming, n_ahead)]
    while waiting:
        done = result(*waiting.pop(0))
        waiting += [(number, submit(number)) for number in islice(coming, 1)]
        yield done


def _signed(
    work: Work[_Result], case: WorldCase, number: int
) -> tuple[int, dict[str, str], _Result]:
    """Work a world out and say which one it was, and by what."""
    return number, _versions(), work(case, number)


@cache
def _versions() -> dict[str, str]:
    """Name what numbers rest on, our own sources to the letter."""
    digest = blake2b(digest_size=8)
    for path in sorted(Path(str(files("goldenhour"))).rglob("*.py")):
        digest.update(path.read_bytes())
    ours = {"python": platform.python_version(), "goldenhour": digest.hexdigest()}
    return ours | {name: version(name) for name in _MATTERS}


def _same_versions(theirs: dict[str, str], *, where: str) -> None:
    """Refuse what other versions worked out."""
    mine = _versions()
    if theirs != mine:
        names = [name for name in mine if theirs.get(name) != mine[name]]
        other = ", ".join(f"{name} {theirs.get(name)} instead of {mine[name]}" for name in names)
        raise InputError(
            f"A worker runs other versions than this machine: {other}.",
            where=where,
            do="Install the same versions everywhere.",
            code="GH154",
        )


def _answer(worker: str, future: "Future[Any]") -> dict[str, str]:
    """Take what a worker says of itself."""
    try:
        answer: dict[str, str] = future.result(timeout=_ANSWER_S)
    except TimeoutError:
        raise
    except Exception as error:
        raise InputError(
            f"A worker cannot run goldenhour: {error}.",
            where=worker,
            do="Install the same version of goldenhour where the workers run.",
            code="GH154",
        ) from error
    return answer


def _silent(*, where: str) -> SourceError:
    """Say that a worker is there and does nothing."""
    return SourceError(
        "A worker does not answer.",
        where=where,
        do="Stop it, or see what holds it up; then run it again.",
        code="GH153",
    )


def _dying(*, where: str) -> SourceError:
    """Say that no worker lives long enough."""
    return SourceError(
        "The workers died, and no other took their place.",
        where=where,
        do="Give them more memory, or run without --scheduler.",
        code="GH153",
    )


def _lost() -> tuple[type[BaseException], ...]:
    """Name what is raised when a worker took the question with it."""
    from distributed.client import FutureCancelledError  # noqa: PLC0415 - takes half a second
    from distributed.comm.core import CommClosedError  # noqa: PLC0415

    return (FutureCancelledError, CommClosedError, CancelledError)
