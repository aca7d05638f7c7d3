"""How a source's rows come into DuckDB as text that loses nothing, and how two values are compared there.

Each way to read a source is one function of `adapters`; what is compared with what stands outside of this package.
"""
