# SPDX-License-Identifier: Apache-2.0
"""Travel times against other engines: one graph, one run, one table."""
