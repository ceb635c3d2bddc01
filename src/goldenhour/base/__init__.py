# SPDX-License-Identifier: Apache-2.0
"""Words that every room uses: errors, findings, grades, coordinates, facts."""
