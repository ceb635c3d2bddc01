# SPDX-License-Identifier: Apache-2.0
"""goldenhour: where to set up trauma care in a damaged town, and why."""

__version__ = "0.1.0"
