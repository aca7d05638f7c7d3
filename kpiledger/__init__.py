"""KPIs as code: definitions, agreements and numbers that can later be proved.

The layers, from the bottom; imports only go down, and tests/unit/test_import_layers.py holds the table:
L0 errors, finding, vocabulary, periods
L1 specs: the nouns
L2 loading, project
L3 expressions, rules
L4 compiling, folding; up to here nothing knows the clock, the network or a database
L5 the world: warehouse, ledger, recording, projection, sources, quality, dbt_build, publishing, git, settings
L6 what people call: checking, reports, pages, run, cli
"""

__version__ = "0.1.0"
