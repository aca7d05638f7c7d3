"""What `dagster dev` opens: the definitions of the project in the folder where it is started."""

from pathlib import Path

from orchestration.building import definitions_of

defs = definitions_of(Path.cwd())
