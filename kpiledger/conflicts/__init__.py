"""Which KPIs work against each other: as somebody declared, by what they are made of, and as seen in figures.

`pulls` says which way a KPI pulls what it is made of, and `structure` where two pull apart. `surprises` are what months
bring beyond season and trend, and `movements` says which KPIs' went against each other. `held` knows who is held to
them, and `sharing` which KPI both sides could share. `finding` makes of it all what `conflict` describes; `table` lays
it into the warehouse, and `telling` tells it.
"""
