# SPDX-License-Identifier: Apache-2.0
"""A process to be killed: adds batches to a ledger and prints each id once it is acknowledged."""

import sys
from pathlib import Path

from goldenhour.reports.ledger import Ledger
from tests.reports.many import many


def main() -> None:
    """Wait for the word, then add batches of growing size until killed."""
    path, start, n_batches = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    print("ready", flush=True)  # noqa: T201 - the parent listens
    sys.stdin.readline()
    with Ledger.open(path) as ledger:
        for i in range(n_batches):
            batch = list(many(1 + i % 40, start=start))
            start += len(batch)
            ledger.add(batch)
            print(*(report.id for report in batch), flush=True)  # noqa: T201 - the acknowledgement


if __name__ == "__main__":
    main()
