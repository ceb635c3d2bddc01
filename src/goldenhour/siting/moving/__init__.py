# SPDX-License-Identifier: Apache-2.0
"""When a site goes stale as the front moves, and where it moves."""
