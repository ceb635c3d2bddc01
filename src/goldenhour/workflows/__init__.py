# SPDX-License-Identifier: Apache-2.0
"""One function per intent; the only place where the loop closes."""
