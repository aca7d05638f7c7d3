"""KPIs as code: definitions, agreements and numbers that can later be proved.

The layers, from the bottom (imports only go down; a test holds the table):
L0 errors, finding, vocabulary, periods · L1 the nouns (`kpiledger.specs`) · L2 `kpiledger.loading` ·
L3 `kpiledger.rules` · L4 `kpiledger.compiling`, `kpiledger.folding` · L5 the world (`warehouse`,
`ledger`, `quality`, `sources`, `git`, `dbt`) · L6 `reports`, `pages`, `cli`.
"""

__version__ = "0.1.0"
