# SPDX-License-Identifier: Apache-2.0
"""When a search is asked to end: after so many seconds, or by Ctrl-C, once."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self


class Stopping:
    """
    Ask a search to end with the best it has; a second Ctrl-C leaves at once.

    Parameters
    ----------
    after_s
        Seconds from the start of the search; None waits for Ctrl-C alone.
    asked
        Called once when Ctrl-C was pressed, so that the planner sees it was heard.
    """

    def __init__(self, after_s: float | None, *, asked: Callable[[], None]) -> None:
        self._after_s, self._tell = after_s, asked
        self._until_s = float("inf")
        self._was_asked = False
        self._before: signal.Handlers | Callable[[int, FrameType | None], object] | int | None = (
            None
        )
        self._listens = False

    def __enter__(self) -> Self:
        if self._after_s is not None:
            self._until_s = time.monotonic() + self._after_s
        if threading.current_thread() is threading.main_thread():  # nobody else may listen
            self._before = signal.signal(signal.SIGINT, self._heard)
            self._listens = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._listens:
            signal.signal(signal.SIGINT, self._before or signal.default_int_handler)

    def __call__(self) -> bool:
        """
        Say whether the search shall end.

        Returns
        -------
        stop
            True from then on.
        """
        return self._was_asked or time.monotonic() >= self._until_s

    def _heard(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signals call
        """Take note of the first Ctrl-C; leave at the second."""
        if self._was_asked:
            raise KeyboardInterrupt
        self._was_asked = True
        self._tell()
