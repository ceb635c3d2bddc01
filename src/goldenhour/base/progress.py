# SPDX-License-Identifier: Apache-2.0
"""How long work says how far it is, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then by work that takes more than a second."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """
        Tell how far the work is.

        Parameters
        ----------
        what
            The step, in the planner's words, such as ``"Travel times"``.
        done
            Parts finished.
        total
            Parts in all; 0 if not known.
        """


def quiet(what: str, done: int, total: int) -> None:
    """
    Listen to nothing; the default listener.

    Parameters
    ----------
    what
        The step.
    done
        Parts finished.
    total
        Parts in all.
    """
