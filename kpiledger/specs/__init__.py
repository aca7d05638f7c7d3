"""The nouns of the project: what a fact, a KPI, an agreement, an organisation says, once read.

Each is a frozen model that refuses keys it does not know and remembers where in the file it stood.
"""
