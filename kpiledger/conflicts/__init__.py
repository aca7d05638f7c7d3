"""Which KPIs work against each other: as somebody declared, by what they are made of, and as seen in figures.

`pulls` says which way a KPI pulls what it is made of, `structure` where two pull apart, `movements` which ones moved
against each other over time, `held` who is held to them, `sharing` which KPI both sides could share. `finding` brings
them together and `table` lays what was found into the warehouse.
"""
