"""Signals and projections of a run's own values, laid between the models of values and those of scorecards.

`columns` has the tables, `reading` the series that somebody is held to, `bases` from which of their numbers a year or a
quarter is projected, `telling` what `kpiledger.statistics` tells of those, `signal_rows` and `projection_rows` the
rows, `laying` puts them into the warehouse that is built aside.
"""
