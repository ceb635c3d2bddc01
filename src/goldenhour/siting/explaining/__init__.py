# SPDX-License-Identifier: Apache-2.0
"""Why these sites, and what would change the choice."""
