# SPDX-License-Identifier: Apache-2.0
"""One module per outside format: bytes in; town layers, reports and findings out."""
