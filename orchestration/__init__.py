"""Dagster around the engine: assets, checks, jobs and schedules. Wiring only; nothing imports it."""
