# SPDX-License-Identifier: Apache-2.0
"""Kill a process that is writing to a ledger, many times, and count what was lost."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from goldenhour.reports.ledger import Ledger

_ROOM_FOR_ONE = 100_000  # numbers of reports that one process may use


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """
    What many kills did to one ledger.

    Parameters
    ----------
    n_kills
        Processes killed while they wrote.
    n_acknowledged
        Reports whose id a process had printed.
    n_found
        Of those, the ones in the ledger afterwards.
    n_more
        Reports in the ledger that were not acknowledged: written, but killed before saying so.
    n_twice
        Ids that occur more than once.
    integrity
        SQLite's own answer.
    """

    n_kills: int
    n_acknowledged: int
    n_found: int
    n_more: int
    n_twice: int
    integrity: str

    @property
    def n_lost(self) -> int:
        """Acknowledged reports that are gone."""
        return self.n_acknowledged - self.n_found


def kill_writers(path: Path, *, n_kills: int, rng: random.Random) -> Losses:
    """
    Start writers and kill each at a random moment, in the same ledger one after another.

    Parameters
    ----------
    path
        The ledger, made here.
    n_kills
        How many times.
    rng
        Decides when.

    Returns
    -------
    losses
        The counts; nothing may be lost.
    """
    Ledger.create(path).close()
    acknowledged: list[str] = []
    following = _writer(path, 0)
    for i in range(n_kills - 1):
        writer, following = following, _writer(path, (i + 1) * _ROOM_FOR_ONE)
        acknowledged += _killed_after(writer, rng.uniform(0.0, 0.25))
    acknowledged += _killed_after(following, 0.0)
    with Ledger.open(path) as ledger:
        ledger.check()
        found = {report.id for report in ledger.everything()}
    with closing(sqlite3.connect(path)) as raw:
        ids = [row[0] for row in raw.execute("SELECT id FROM reports")]
        integrity = raw.execute("PRAGMA integrity_check").fetchone()[0]
    return Losses(
        n_kills=n_kills,
        n_acknowledged=len(acknowledged),
        n_found=sum(entry in found for entry in acknowledged),
        n_more=len(found - set(acknowledged)),
        n_twice=len(ids) - len(set(ids)),
        integrity=integrity,
    )


def _writer(path: Path, start: int) -> subprocess.Popen[str]:
    """Start a writer that waits for its word; it loads while the one before it is killed."""
    command = [sys.executable, "-m", "tests.reports.appender", str(path), str(start), "100000"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _killed_after(writer: subprocess.Popen[str], delay_s: float) -> list[str]:
    """Let a writer work for some seconds, kill it, and read what it acknowledged in full lines."""
    with writer:
        if writer.stdin is None or writer.stdout is None or writer.stdout.readline() != "ready\n":
            writer.kill()
            raise RuntimeError("the writer did not start")
        writer.stdin.write("go\n")
        writer.stdin.flush()
        time.sleep(delay_s)
        writer.kill()
        said = writer.stdout.read()
    whole, _, _ = said.rpartition("\n")
    return whole.split()
