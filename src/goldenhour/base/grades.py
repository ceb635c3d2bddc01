# SPDX-License-Identifier: Apache-2.0
"""Closed lists of words that every room shares: damage grades, trust, sensitivity, tiers, modes."""

from enum import IntEnum, StrEnum


class Grade(IntEnum):
    """
    Damage grade of a structure, coarse enough for remote sources.

    G0 none or slight (EMS-98 D0-D1), G1 moderate (D2-D3), G2 severe (D3-D4), G3 destroyed (D5),
    U unknown. The numbers are the columns of ``DamageBelief.p_grade``.
    """

    G0 = 0
    G1 = 1
    G2 = 2
    G3 = 3
    U = 4


class Reliability(StrEnum):
    """Admiralty source letter (AJP-2.1): A completely reliable to E unreliable, F cannot judge."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Credibility(IntEnum):
    """Admiralty item number (AJP-2.1): 1 confirmed to 5 improbable, 6 cannot judge."""

    CONFIRMED = 1
    PROBABLE = 2
    POSSIBLE = 3
    DOUBTFUL = 4
    IMPROBABLE = 5
    CANNOT_JUDGE = 6


class Sensitivity(StrEnum):
    """Who may see a report, from everybody to nobody outside the team."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"


class Tier(StrEnum):
    """A level of the chain of care."""

    TSP = "tsp"
    FIELD_HOSPITAL = "field_hospital"
    REFERRAL = "referral"


class Mode(StrEnum):
    """How a casualty or a team moves."""

    STRETCHER = "stretcher"
    VEHICLE = "vehicle"


class StreetState(IntEnum):
    """State of a street at a moment. A street without a report is UNKNOWN, not open."""

    UNKNOWN = 0
    OPEN = 1
    RESTRICTED = 2
    CLOSED = 3


class Verdict(IntEnum):
    """Answer to "does this structure meet this rule?" UNKNOWN never passes as FIT."""

    UNKNOWN = 0
    FIT = 1
    UNFIT = 2


class UnknownStreets(StrEnum):
    """What a plan assumes of streets that nobody has reported on. Either way it says so."""

    PASSABLE = "passable"
    CLOSED = "closed"
