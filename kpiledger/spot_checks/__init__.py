"""Spot checks: which rows are drawn, by what plan, what was found, and what that shows of all rows."""
