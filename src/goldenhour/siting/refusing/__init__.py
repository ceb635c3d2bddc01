# SPDX-License-Identifier: Apache-2.0
"""Why there is no plan: the demands in conflict, and what would do."""
