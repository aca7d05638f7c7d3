"""The ledger as tables, so that a question about one agreement need not read a million entries.

A projection: every row can be made again from the ledger, and `kpi verify` does so and compares. `tables`
says which tables there are, `extracting` and `folded` make their rows, `opening` gives a connection that
fits the ledger's checkpoint.
"""
