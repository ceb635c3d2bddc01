# SPDX-License-Identifier: Apache-2.0
"""The ledger after its writer was killed: nothing that was acknowledged is lost."""

import random
from pathlib import Path

from tests.reports.killing import kill_writers

N_KILLS = 25


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """Kill the writer at any moment, again and again: all it acknowledged is there, once."""
    rng = random.Random(1)  # noqa: S311 - no secret
    losses = kill_writers(tmp_path / "ledger.db", n_kills=N_KILLS, rng=rng)
    print(losses)  # noqa: T201 - shown with pytest -s, and when it fails
    assert losses.n_acknowledged > 0
    assert losses.n_lost == 0
    assert losses.n_twice == 0
    assert losses.integrity == "ok"
