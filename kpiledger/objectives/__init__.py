"""Objectives, their key results and check-ins: laid for the warehouse, aligned with KPIs and agreements, and told."""
