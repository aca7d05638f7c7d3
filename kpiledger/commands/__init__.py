"""The commands of `kpi`, a file for each kind of question."""
