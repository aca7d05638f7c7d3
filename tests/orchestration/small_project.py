"""A dbt project of two models, small enough to build in a test."""

from pathlib import Path

_FILES = {
    "dbt_project.yml": """
name: small
version: "1.0.0"
config-version: 2
profile: small
model-paths: [models]
seed-paths: [seeds]
test-paths: [tests/warehouse]
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('KPI_WAREHOUSE') }}", threads: 1}
""",
    "seeds/number.csv": "n\n1\n2\n2\n",
    "models/marts/first.sql": "select n from {{ ref('number') }}",
    "models/marts/second.sql": "select n from {{ ref('first') }} where n > 1",
    "models/marts/_marts.yml": """
version: 2
models:
  - name: first
    columns:
      - name: n
        data_tests:
          - not_null
          - unique: {config: {severity: warn}}
  - name: second
    columns:
      - name: n
        data_tests: [not_null]
""",
}


def small_project(root: Path) -> Path:
    """Write the project into a folder and return the folder."""
    for name, text in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    return root
