# SPDX-License-Identifier: Apache-2.0
"""Sites that do well in many worlds, and what they promise there."""
