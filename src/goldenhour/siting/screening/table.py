# SPDX-License-Identifier: Apache-2.0
"""Which structures could hold care: a verdict per structure, tier and rule, with the reason."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Tier
from goldenhour.siting.said import Said
from goldenhour.siting.screening.requirements import Profiles, Requirements, requirements


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
        ``Verdict`` numbers; of a structure that others are joined to, those of them all. Shape
        ``(n_structures, n_rules)``, int8.
    group
        The structure that stands for each one: itself, or the largest of those it is joined with.
        Shape ``(n_structures,)``, int32; empty means that nothing was joined.
    asked
        What the tier asked for; the facts' own numbers if left out.
    """

    tier: Tier
    rules: tuple[str, ...]
    verdict: NDArray[np.int8]
    group: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    asked: Requirements | None = None

    @property
    def requirements(self) -> Requirements:
        """What the tier asked for."""
        return self.asked or requirements(self.tier)

    def parts(self, row: int) -> tuple[int, ...]:
        """
        List the structures that one stands for.

        Parameters
        ----------
        row
            Structure row.

        Returns
        -------
        rows
            Itself first, then those joined to it, ascending.
        """
        if not len(self.group):
            return (row,)
        others = np.flatnonzero(self.group == row)
        return (row, *(int(other) for other in others if other != row))


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

    @property
    def profiles(self) -> Profiles:
        """What was asked for, tier by tier."""
        return Profiles(tiers=tuple(entry.requirements for entry in self.tiers))

    def changes(self) -> tuple[Said, ...]:
        """
        Say what the planner changed.

        Returns
        -------
        said
            One sentence a number.
        """
        return tuple(
            Said(
                code="siting.requirement-changed",
                values=(
                    ("tier", need.tier.value),
                    ("key", need.key),
                    ("value", f"{need.value:g}"),
                    ("default", f"{need.default:g}"),
                ),
            )
            for need in self.profiles.changed
        )
