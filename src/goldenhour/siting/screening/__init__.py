# SPDX-License-Identifier: Apache-2.0
"""Which structures could hold care: rules, verdicts, reasons and the reports behind them."""
