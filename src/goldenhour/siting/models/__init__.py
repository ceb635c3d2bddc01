# SPDX-License-Identifier: Apache-2.0
"""
Siting models on plain arrays, one module each, under their literature names.

Rows are demand, columns are sites. Every model gives one ``Solution``.
"""

from goldenhour.siting.engine.goals import CVaR, Expected, Regret
from goldenhour.siting.models.chain import Links, chain
from goldenhour.siting.models.chain_capacitated import chain_capacitated
from goldenhour.siting.models.chain_ruled import RuledSolution, chain_ruled
from goldenhour.siting.models.chain_worlds import chain_worlds
from goldenhour.siting.models.lscp import lscp
from goldenhour.siting.models.mclp import mclp
from goldenhour.siting.models.mclp_backup import mclp_backup
from goldenhour.siting.models.mclp_capacitated import mclp_capacitated
from goldenhour.siting.models.mclp_moves import MoveSolution, mclp_moves
from goldenhour.siting.models.mclp_worlds import mclp_worlds
from goldenhour.siting.models.p_centre import p_centre
from goldenhour.siting.models.p_median import p_median
from goldenhour.siting.models.p_median_capacitated import p_median_capacitated
from goldenhour.siting.models.p_median_transport import SplitSolution, p_median_transport
from goldenhour.siting.models.side_rules import Rules
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.merged import MergedDemand
from goldenhour.siting.plain.result import Sense, Solution
from goldenhour.siting.plain.worlds import WorldSolution, WorldValues

__all__ = [
    "CVaR",
    "Choice",
    "Cover",
    "Effort",
    "Expected",
    "Links",
    "MergedDemand",
    "MoveSolution",
    "Regret",
    "RuledSolution",
    "Rules",
    "Sense",
    "Solution",
    "SplitSolution",
    "WorldSolution",
    "WorldValues",
    "chain",
    "chain_capacitated",
    "chain_ruled",
    "chain_worlds",
    "lscp",
    "mclp",
    "mclp_backup",
    "mclp_capacitated",
    "mclp_moves",
    "mclp_worlds",
    "p_centre",
    "p_median",
    "p_median_capacitated",
    "p_median_transport",
]
