# SPDX-License-Identifier: Apache-2.0
"""Which structures could hold care: a verdict per structure, tier and rule, with the reason."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class TierScreening:
    """
    Every structure against every rule of one tier.

    Parameters
    ----------
    tier
        The tier.
    rules
        Rule codes, such as ``"damage"``, ``"floor-area"``, ``"explosive-hazard"``. Each has a
        sentence ``siting.<rule>-unfit`` and ``siting.<rule>-unknown`` in the catalogue.
    verdict
        ``Verdict`` numbers. Shape ``(n_structures, n_rules)``, int8.
    """

    tier: Tier
    rules: tuple[str, ...]
    verdict: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """
    Screening of all tiers.

    Parameters
    ----------
    tiers
        One entry a tier.
    """

    tiers: tuple[TierScreening, ...]

    def of(self, tier: Tier) -> TierScreening:
        """
        Find one tier's screening.

        Parameters
        ----------
        tier
            The tier.

        Returns
        -------
        screening
            Its verdicts.
        """
        return next(entry for entry in self.tiers if entry.tier is tier)
