# SPDX-License-Identifier: Apache-2.0
"""The moment at which tests read files."""

from datetime import UTC, datetime

NOW = datetime(2017, 11, 4, 6, 0, tzinfo=UTC)
