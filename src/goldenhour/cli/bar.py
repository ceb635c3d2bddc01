# SPDX-License-Identifier: Apache-2.0
"""Progress bars on the terminal; quiet where nobody watches."""

import math
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SHOW_AFTER_S = 0.5
_TELL_EVERY_S = 1.0
_CHOOSING = "Choosing sites"


class Bar:
    """
    One bar a step, on standard error, shown once the work has taken half a second.

    Where standard error is no terminal, each step prints one line when it starts.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._rich: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: set[str] = set()
        self._heard = self._started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._rich is not None:
            self._rich.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """
        Show how far the work is.

        Parameters
        ----------
        what
            The step.
        done
            Parts finished.
        total
            Parts in all; 0 if not known.
        """
        if not sys.stderr.isatty():
            self._tell_once(what)
        elif self._rich is not None or time.monotonic() - self._started > _SHOW_AFTER_S:
            self._draw(what, done, total)

    def tell(self, objective: float, bound: float) -> None:
        """
        Show how many people are served so far, and how many could be at most.

        Parameters
        ----------
        objective
            People served by the best plan so far.
        bound
            No plan serves more.
        """
        now = time.monotonic()
        if now - self._heard < _TELL_EVERY_S or not math.isfinite(objective):
            return
        self._heard = now
        most = f", at most {bound:,.0f}" if math.isfinite(bound) else ""
        text = f"Choosing sites: serves {objective:,.0f}{most}"
        if not sys.stderr.isatty():
            sys.stderr.write(f"{text} …\n")
        elif self._rich is not None and _CHOOSING in self._tasks:
            self._rich.update(self._tasks[_CHOOSING], description=text)

    def _tell_once(self, what: str) -> None:
        """Print a step's name the first time it is met."""
        if what not in self._told:
            self._told.add(what)
            sys.stderr.write(f"{what} …\n")

    def _draw(self, what: str, done: int, total: int) -> None:
        """Move the step's bar."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        if self._rich is None:
            self._rich = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._rich.start()
        if what not in self._tasks:
            self._tasks[what] = self._rich.add_task(what, total=total or None)
        self._rich.update(self._tasks[what], completed=done, total=total or None)
