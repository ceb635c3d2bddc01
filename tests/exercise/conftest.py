# SPDX-License-Identifier: Apache-2.0
"""Exercises generated once for all tests of this room."""

import pytest

from goldenhour.exercise.al_qaim import generate
from goldenhour.exercise.exercise import Exercise


@pytest.fixture(scope="session")
def small() -> Exercise:
    """A village of 300 structures."""
    return generate(n_structures=300)


@pytest.fixture(scope="session")
def town() -> Exercise:
    """A town large enough for shares to mean something."""
    return generate(n_structures=4000)
