"""Retained extracts of the source systems: taken, judged, kept with a manifest, and chosen by a run.

Nothing is imported here: `kpiledger.extracts.taking` takes them, `kpiledger.extracts.choosing` gives a run its set.
"""
