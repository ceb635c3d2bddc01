# SPDX-License-Identifier: Apache-2.0
"""A search that is asked to end: by the clock, by Ctrl-C once, and what a second one does."""

import os
import signal
import threading
import time

import pytest

from goldenhour.workflows.stopping import Stopping


def test_left_alone_it_never_asks() -> None:
    """Without a limit and without Ctrl-C a search goes on."""
    with Stopping(None, asked=lambda: None) as stop:
        assert not stop()


def test_the_seconds_run_out() -> None:
    """After so many seconds the search is asked to end, and from then on."""
    with Stopping(0.05, asked=lambda: None) as stop:
        time.sleep(0.06)
        assert stop()
        assert stop()
    with Stopping(1000.0, asked=lambda: None) as stop:
        assert not stop()


def test_one_ctrl_c_asks_and_a_second_leaves() -> None:
    """The first is heard and told; the second interrupts; afterwards Ctrl-C is as it was."""
    heard: list[bool] = []
    before = signal.getsignal(signal.SIGINT)
    with Stopping(None, asked=lambda: heard.append(True)) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        assert heard == [True]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_beside_the_main_thread_only_the_clock_counts() -> None:
    """A server's worker may plan too: it does not touch anybody's Ctrl-C."""
    seen: list[bool] = []

    def work() -> None:
        with Stopping(0.0, asked=lambda: None) as stop:
            seen.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
