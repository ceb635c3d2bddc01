# SPDX-License-Identifier: Apache-2.0
"""Which candidates are examined, which are chosen, and what the choice does."""
