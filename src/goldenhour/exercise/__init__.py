# SPDX-License-Identifier: Apache-2.0
"""Generated towns with a hidden truth, for training and for measuring decisions."""
