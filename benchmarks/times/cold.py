# SPDX-License-Identifier: Apache-2.0
"""
A fresh program up to its first matrix: 1,000 x 10,000 in a town of the mosaic.

Usage: ``python -m benchmarks.times.cold GRAPH CASE [FOLDER]``; with a folder the order comes from
there (it is made and kept if absent). Whoever starts this measures the wall time.
"""

import sys
from pathlib import Path

import numpy as np

from goldenhour.times import network


def main() -> None:
    """Go straight to the matrix."""
    graph, case, *folder = sys.argv[1:]
    with np.load(graph) as arrays:
        tail, head, lon, lat = (arrays[name] for name in ("tail", "head", "lon", "lat"))
        net = network(tail=tail, head=head, seconds=arrays["ticks"] / 64, lon=lon, lat=lat)
    if folder:
        from goldenhour.workflows import hierarchy_store  # noqa: PLC0415 - not paid for without

        hierarchy_store.prepare(net, Path(folder[0]))
    else:
        net.prepare()
    with np.load(case) as asked:
        times = net.travel_times(asked["town_sources"], asked["town_targets"])
    print(times.shape, "seconds, the longest", times.max())


if __name__ == "__main__":
    main()
