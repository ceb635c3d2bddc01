# SPDX-License-Identifier: Apache-2.0
"""How far a known source is trusted before anybody judged the single report: settable facts."""

from goldenhour.base import facts
from goldenhour.base.grades import Credibility, Reliability


def reliability_of(source: str) -> Reliability:
    """
    Look up the Admiralty letter of a source.

    Parameters
    ----------
    source
        Short name, such as ``"unosat"``.

    Returns
    -------
    reliability
        From the fact ``sources.<source>_reliability``.
    """
    return Reliability(facts.fact(f"sources.{source}_reliability").value)


def credibility_of(source: str) -> Credibility:
    """
    Look up the Admiralty number of what a source says, unless the file states better.

    Parameters
    ----------
    source
        Short name, such as ``"unosat"``.

    Returns
    -------
    credibility
        From the fact ``sources.<source>_credibility``.
    """
    return Credibility(int(facts.number(f"sources.{source}_credibility")))
