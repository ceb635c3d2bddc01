# SPDX-License-Identifier: Apache-2.0
"""The picture beside the truth, and beside simpler rules."""
