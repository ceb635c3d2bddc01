# SPDX-License-Identifier: Apache-2.0
"""Who is told how far a proof is, and whether somebody asked to stop."""

from goldenhour.siting.plain.effort import Effort


class Watch:
    """
    The best value and bound so far: told on whenever one of them gets better.

    Parameters
    ----------
    effort
        When to stop, and who is told.
    bound
        What no choice exceeds, before any work.
    """

    def __init__(self, effort: Effort, bound: float = float("inf")) -> None:
        self.effort = effort
        self.value, self.bound = float("-inf"), bound
        self.stopped = False

    def found(self, value: float) -> None:
        """
        Tell a value that a choice has.

        Parameters
        ----------
        value
            People it covers.
        """
        if value > self.value:
            self.value = value
            self._tell()

    def proved(self, bound: float) -> None:
        """
        Tell a bound.

        Parameters
        ----------
        bound
            What no choice exceeds.
        """
        if bound < self.bound:
            self.bound = bound
            self._tell()

    def _tell(self) -> None:
        """Tell both, once there is a choice."""
        if self.value >= 0:
            self.effort.told(self.value, max(self.value, self.bound))

    def stop(self) -> bool:
        """
        Ask whether to stop; once said, it holds.

        Returns
        -------
        stop
            True to stop.
        """
        self.stopped = self.stopped or self.effort.stop()
        return self.stopped
