"""From a number back to what it was made from: its inputs, its statements, its rows, and the number computed again.

Nothing is imported here: `kpiledger.tracing.recomputing` computes, `kpiledger.tracing.trace` tells.
"""
