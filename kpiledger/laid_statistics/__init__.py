"""Signals and projections of a run's own values, laid between the models of values and those of scorecards.

`columns` has the tables, `reading` the series that somebody is held to, `signal_rows` and `projection_rows` what
`kpiledger.statistics` says of them, `laying` puts it into the warehouse that is built aside.
"""
