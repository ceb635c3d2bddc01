# SPDX-License-Identifier: Apache-2.0
"""The one place that asks what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """
    Tell the time.

    Returns
    -------
    moment
        Aware UTC, in whole seconds.
    """
    return datetime.now(UTC).replace(microsecond=0)
