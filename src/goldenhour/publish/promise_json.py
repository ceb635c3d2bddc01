# SPDX-License-Identifier: Apache-2.0
"""What a plan promises over many worlds, as JSON."""

from goldenhour.publish.plain import Json
from goldenhour.siting.robust.promise import Promise, Tried
from goldenhour.siting.robust.trial import Trial


def promise_json(promise: Promise | None) -> Json | None:
    """
    Put a promise into plain JSON values.

    Parameters
    ----------
    promise
        None if the plan was chosen for the picture alone.

    Returns
    -------
    content
        Goal, proof, and people served in each world; None without a promise.
    """
    if promise is None:
        return None
    return {
        "goal": promise.goal.value,
        "tail_share": promise.tail_share,
        "objective": promise.objective,
        "bound": promise.bound,
        "status": promise.status.value,
        "gap_share": promise.gap_share,
        "n_tsp": promise.n_tsp,
        "n_field_hospitals": promise.n_hospitals,
        "holds": promise.holds,
        "chosen_for": _tried(promise.chosen_for, promise.tail_share),
        "trial": _trial(promise.trial),
        "fresh": _tried(promise.fresh, promise.tail_share),
    }


def _tried(tried: Tried, tail_share: float) -> Json:
    """Say what a choice does in some worlds."""
    return {
        "first_world": tried.first,
        "mean": tried.mean,
        "standard_error": tried.standard_error,
        "low": tried.interval[0],
        "high": tried.interval[1],
        "worst_mean": tried.worst_mean(tail_share),
        "people": tried.people.tolist(),
        "served": tried.served.tolist(),
    }


def _trial(trial: Trial | None) -> Json | None:
    """Say how the choice over worlds did beside the sites that are best in the picture."""
    if trial is None:
        return None
    return {
        "first_world": trial.first,
        "people_more": trial.difference,
        "standard_error": trial.standard_error,
        "is_clear": trial.is_clear,
        "kept_over_worlds": trial.is_better,
        "served": trial.served.tolist(),
        "served_by_plain": trial.served_plain.tolist(),
    }
