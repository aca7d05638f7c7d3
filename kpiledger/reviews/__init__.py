"""What is to be talked about and what was decided: triggers that fired, review items, decisions.

`firing` records what fired in a run, `deciding` what people decided; `items` says what is open, `tables` lays all of
it into a warehouse.
"""
