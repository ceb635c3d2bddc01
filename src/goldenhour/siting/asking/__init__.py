# SPDX-License-Identifier: Apache-2.0
"""What the planner asks for, held against what is there."""
