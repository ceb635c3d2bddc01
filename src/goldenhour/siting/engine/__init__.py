# SPDX-License-Identifier: Apache-2.0
"""Branch and Benders cut over covering problems: search below, bounds above, a tree of our own."""
