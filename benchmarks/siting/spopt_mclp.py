# SPDX-License-Identifier: Apache-2.0
"""
One covering problem in spopt as it comes, with CBC: ``python spopt_mclp.py CASE.npz LIMIT_S``.

Prints processor seconds for building and solving, the objective, and whether CBC says optimal
before the limit. Knows nothing of goldenhour, so that it runs in any environment with spopt.
"""

import json
import resource
import sys
import time

import numpy as np
import pulp  # type: ignore[import-not-found]  # in the peers' environment
from spopt.locate import MCLP  # type: ignore[import-not-found]  # in the peers' environment

_OUT_OF_REACH = 2.0


def processor_s() -> float:
    """Seconds of this process and of the solvers that it started."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Solve one case."""
    case, limit_s = np.load(sys.argv[1]), float(sys.argv[2])
    cost = np.full(case["shape"], _OUT_OF_REACH)
    demand = np.repeat(np.arange(len(cost)), np.diff(case["start"]))
    cost[demand, case["site"]] = 0.0
    started, wall = processor_s(), time.perf_counter()
    model = MCLP.from_cost_matrix(cost, case["people"], 1.0, int(case["k"]))
    built = processor_s()
    model = model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s), results=False)
    ended = processor_s()
    in_time = time.perf_counter() - wall < limit_s
    told = {
        "built_s": built - started,
        "whole_s": ended - started,
        "objective": float(pulp.value(model.problem.objective)),
        "is_optimal": in_time and pulp.LpStatus[model.problem.status] == "Optimal",
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
