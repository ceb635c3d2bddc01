# SPDX-License-Identifier: Apache-2.0
"""What somebody said about the town, and the ledger that never forgets it."""
