# SPDX-License-Identifier: Apache-2.0
"""What we believe at a moment, worked out from the reports."""
