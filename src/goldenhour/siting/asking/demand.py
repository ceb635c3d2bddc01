# SPDX-License-Identifier: Apache-2.0
"""
How many casualties a day to expect of some people, on a mean day and on a busy one.

Arrivals a day follow a negative binomial distribution. A share of a town's casualties has the same
size parameter, so that one rule serves a town, a stabilisation point and a field hospital.
"""

import math
from bisect import bisect_left

from scipy.special import betainc

from goldenhour.siting.asking.question import Capacities, Casualties


def arrivals_per_day(people: float, casualties: Casualties) -> float:
    """
    Reckon the casualties of a mean day.

    Parameters
    ----------
    people
        Exposed people.
    casualties
        Rates.

    Returns
    -------
    arrivals
        Casualties a day.
    """
    return people * casualties.injured_share / casualties.over_days


def busy_day(mean: float, casualties: Casualties) -> float:
    """
    Reckon a busy day from a mean one: the percentile asked for, and no less than the peak factor.

    Parameters
    ----------
    mean
        Casualties of a mean day.
    casualties
        How much days differ.

    Returns
    -------
    arrivals
        Casualties of a busy day.
    """
    quantile = negative_binomial_quantile(mean, casualties.arrivals_size, casualties.busy_day_share)
    return max(float(quantile), mean * casualties.peak_factor)


def negative_binomial_quantile(mean: float, size: float, share: float) -> int:
    """
    Find the smallest count that a share of days does not exceed.

    Parameters
    ----------
    mean
        Mean count.
    size
        Size parameter; the variance is ``mean + mean**2 / size``.
    share
        Share of days, above 0 and below 1.

    Returns
    -------
    count
        Whole.
    """
    if mean <= 0:
        return 0
    chance = size / (size + mean)
    high = 1
    while betainc(size, high + 1.0, chance) < share:
        high *= 2
    return bisect_left(range(high), share, key=lambda n: float(betainc(size, n + 1.0, chance)))


def beds_needed(operations_per_day: float, capacities: Capacities) -> float:
    """
    Reckon beds from operations and length of stay (Little 1961).

    Parameters
    ----------
    operations_per_day
        Operations a day.
    capacities
        How long a patient stays.

    Returns
    -------
    beds
        Beds that are taken at a time.
    """
    return operations_per_day * capacities.stay_days


def round_trip_s(drive_s: float, capacities: Capacities) -> float:
    """
    Reckon how long an ambulance is away.

    Parameters
    ----------
    drive_s
        Seconds from stabilisation point to field hospital, loading included.
    capacities
        What the turn takes, or the whole trip if it is known.

    Returns
    -------
    trip_s
        Seconds from one departure to the next.
    """
    if capacities.round_trip_s:
        return capacities.round_trip_s
    return 2 * drive_s + capacities.ambulance_turn_s


def people_within(patients_per_day: float, casualties: Casualties) -> float:
    """
    Reckon of how many people a site takes the casualties of a busy day.

    Parameters
    ----------
    patients_per_day
        Its capacity.
    casualties
        Rates.

    Returns
    -------
    people
        ``inf`` where nobody is injured.
    """
    busy = arrivals_per_day(1.0, casualties) * casualties.peak_factor
    return patients_per_day / busy if busy > 0 else math.inf
