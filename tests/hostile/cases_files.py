"""YAML, names, paths, figures and formulas that are meant to harm: none of them is read as a project."""

from __future__ import annotations

from hostile_case import (
    BASE,
    LINES,
    MARGIN,
    REVENUE,
    SHIPMENT,
    Append,
    Hostile,
    Link,
    Move,
    Swap,
    Write,
    field,
    hostile,
    quoted,
)  # fmt: skip

from tests.findings.finding_case import CALENDAR, CHAIN, CRM, ORGANISATION, SHIPPED, WEST

_SHIPPED = (BASE / SHIPPED).read_text(encoding="utf-8")
_REVENUE = (BASE / REVENUE).read_text(encoding="utf-8")
_BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
_TEXT = "description: What customers pay, by order date."
_DAY = "valid_from: 2014-01-01"


def _text(text: str) -> Hostile:
    """A raw YAML value in the place of a description."""
    return hostile(f"yaml {text[:60]!r}", Swap(REVENUE, _TEXT, f"description: {text}"))


def _named(name: str) -> Hostile:
    """A measure of that name, which the KPI uses."""
    shown = name if len(name) <= 60 else f"{name[:50]}... ({len(name)} characters)"
    return hostile(
        f"measure named {shown!a}",
        Swap(SHIPMENT, "  shipments:\n", f"  {name}:\n"),
        Swap(SHIPPED, "measure: shipments", f"measure: {name}"),
    )


def _filed(name: str) -> Hostile:
    """A KPI file of that name, with a KPI of that name in it."""
    shown = name if len(name) <= 60 else f"{name[:50]}... ({len(name)} characters)"
    return hostile(
        f"file named {shown!a}",
        Move(SHIPPED),
        Write(f"metrics/kpis/deliver/{name}.yml", _SHIPPED.replace("orders_shipped", name)),
    )


_YAML = (
    hostile("alias bomb", Write(SHIPPED, _BOMB)),
    hostile("anchor and alias", Swap(REVENUE, "cadence: month", "cadence: &c month\nnote: *c")),
    hostile("merge key", Swap(REVENUE, "cadence: month", "cadence: month\n<<: {level: team}")),
    hostile("python object", Write(SHIPPED, "!!python/object/apply:os.system ['true']\n")),
    _text("!!python/object/apply:os.system ['true']"),
    _text("!!python/name:os.system"),
    _text("!<tag:yaml.org,2002:python/module> os"),
    _text("!!binary aGVsbG8="),
    _text("!!str 12"),
    _text("! plain"),
    _text("!include secrets.yml"),
    _text("!ENV ${HOME}"),
    _text("&a text"),
    _text("*a"),
    _text("no"),
    _text("on"),
    _text("012"),
    _text("12:30:45"),
    _text("0x1F"),
    _text("1e999"),
    _text(".nan"),
    _text(".inf"),
    _text("~"),
    _text("[a, b]"),
    _text("{a: b}"),
    _text("2016-01-01T00:00:00Z"),
    _text('"a\\0b"'),
    _text('"a\\x1b[2Jb"'),
    _text('"a\\u202eb"'),
    _text('"a\\ud800b"'),
    _text("|\n  a\n b"),
    _text("a: b: c"),
    _text("\ta"),
    _text("%TAG"),
    _text("@reserved"),
    _text("`reserved`"),
    hostile("duplicate key", Append(REVENUE, "cadence: day\n")),
    hostile("duplicate version", Append(REVENUE, "versions: []\n")),
    hostile("duplicate key in flow", Swap(REVENUE, "type: simple,", "type: simple, type: ratio,")),
    hostile("two documents", Append(REVENUE, "---\nkpi: other\n")),
    hostile("directive", Write(REVENUE, "%YAML 1.1\n---\n" + _REVENUE.replace("month", "!!str month", 1))),
    hostile("tag directive", Write(REVENUE, "%TAG ! tag:evil.example,2000:\n---\n!x\n" + _REVENUE)),
    hostile("document end and more", Append(REVENUE, "...\nkpi: other\n")),
    hostile("nested lists", Swap(REVENUE, _TEXT, "description: " + "[" * 500 + "]" * 500)),
    hostile("nested mappings", Swap(REVENUE, _TEXT, "description: " + "{a: " * 500 + "1" + "}" * 500)),
    hostile("huge file", Append(REVENUE, "# " + "x" * 1_000_001 + "\n")),
    hostile("many keys", Append(REVENUE, "".join(f"key_{i}: 1\n" for i in range(3)))),
    hostile("UTF-16", Write(SHIPPED, _SHIPPED.encode("utf-16"))),
    hostile("UTF-32", Write(SHIPPED, _SHIPPED.encode("utf-32"))),
    hostile("UTF-7", Write(SHIPPED, b"+AGsAcABp-: orders_shipped\n")),
    hostile("mark of order twice", Write(SHIPPED, b"\xef\xbb\xbf\xef\xbb\xbf" + _SHIPPED.encode())),
    hostile("Latin-1", Write(SHIPPED, _SHIPPED.replace("orders that", "ordrer på").encode("latin-1"))),
    hostile("overlong UTF-8", Write(SHIPPED, _SHIPPED.encode() + b"# \xc0\xaf\n")),
    hostile("NUL byte", Write(SHIPPED, _SHIPPED + "# \x00\n")),
    hostile("tabs", Write(SHIPPED, _SHIPPED.replace("  - version", "\t- version"))),
    hostile("next line as line end", Write(SHIPPED, _SHIPPED.replace("unit: count\n", "unit: count\x85"))),
    hostile("key is a mapping", Swap(REVENUE, "cadence: month", "{a: b}: month")),
    hostile("question mark key", Swap(REVENUE, "cadence: month", "? [cadence]\n: month")),
    hostile("empty file", Write(SHIPPED, "")),
    hostile("scalar file", Write(SHIPPED, "orders_shipped\n")),
)
_PATHS = (
    *map(_filed, ("con", "nul", "aux", "com1", "lpt9", "CON", "Orders", "orders__shipped", "_orders", "1orders")),
    *map(_filed, ("orders shipped", "orders-shipped", "orders.shipped", "orders;shipped", "orders\u200bshipped")),
    *map(_filed, ("ordеrs", "ordrer_på_lager", "select", "fct_orders", "a" * 120, "$(true)", "{{ x }}", "-rf")),
    hostile("case collision", Write("metrics/kpis/deliver/ORDERS_SHIPPED.yml", _SHIPPED)),
    hostile("same KPI twice", Write("metrics/kpis/order/orders_shipped.yml", _SHIPPED)),
    hostile("other extension", Move(SHIPPED, "metrics/kpis/deliver/orders_shipped.yml.j2")),
    hostile("Python beside specs", Write("metrics/kpis/deliver/load.py", "import os\n")),
    hostile("deeper folder", Move(SHIPPED, "metrics/kpis/deliver/deeper/orders_shipped.yml")),
    hostile("file out of the project", Link(SHIPPED, "/etc/hostname")),
    hostile("device", Link(SHIPPED, "/dev/zero")),
    hostile("link to another spec", Link(SHIPPED, "../order/revenue.yml")),
    hostile("link to nothing", Link(SHIPPED, "nowhere.yml")),
    hostile("link to itself", Link(SHIPPED, "orders_shipped.yml")),
    hostile("folder out of the project", Link("metrics/kpis/elsewhere", "/etc")),
    field("KPI named", SHIPPED, "kpi: orders_shipped", "../../../etc/passwd"),
    field("owner", SHIPPED, "owner: head_of_sales", "../x"),
    field("model", SHIPMENT, "model: fct_shipment", "fct_shipment') }} {{ ref('x"),
    field("model", SHIPMENT, "model: fct_shipment", "../fct_shipment"),
    field("time", SHIPMENT, "time: shipped_on", "current_date"),
    field("key", SHIPMENT, "key: [order_id]", "order_id, 1"),
    field("zone", CALENDAR, "zone: Europe/Copenhagen", "../../../etc/passwd"),
    field("zone", CALENDAR, "zone: Europe/Copenhagen", "UTC'; drop table x; --"),
    field("language", CALENDAR, "language: en", "../../en"),
    field("currency", REVENUE, "currency: USD", "US$"),
    field("currency", REVENUE, "currency: USD", "USD\n"),
    field("span", SHIPPED, "spans: [period]", "period'; --"),
    field("holder", WEST, "holder: sales_west", "sales_west/../company"),
    field("connection", CRM, "connection: CRM_URL", "postgresql://user:secret@host/x"),
)
_NAMES = (
    *map(_named, ("select", "value", "period", "null", "true", "sum__total", "a__b", "_a", "a_", "1a")),
    *map(_named, ("Shipments", "shipments'", 'ship"ments', "ship ments", "ship-ments", "ship.ments", "ship;ments")),
    *map(_named, ("shipmеnts", "shipments\u200b", "ｓhipments", "größe", "a" * 64, "a" * 300)),
    *map(_named, ("fct_x", "dim_day", "kpi_x", "agg_x", "*", "$1", "?", ":x", "{{ x }}", "current_date", "user")),
    hostile("dimension named select", Swap(SHIPMENT, "  region: region", "  select: region")),
    hostile("dimension over an expression", Swap(SHIPMENT, "  region: region", '  region: "region || 1"')),
    hostile("dimension over a query", Swap(SHIPMENT, "  region: region", '  region: "(select 1)"')),
    hostile("dimension through a path", Swap(LINES, "through: dim_customer", 'through: "../dim_customer"')),
    hostile("measure twice in other case", Swap(SHIPMENT, "  shipments_by_order_date:\n", "  Shipments:\n")),
    hostile("stage named as a path", Swap(CHAIN, "stage: deliver", 'stage: "../deliver"')),
    hostile("role named as a path", Swap(ORGANISATION, "  cfo:\n    label", '  "../cfo":\n    label')),
    hostile("input named with two underscores", Swap(
        REVENUE, "{type: simple, measure: revenue_amount}",
        "{type: derived, expr: a__b, inputs: {a__b: {measure: revenue_amount}}}",
    )),
    hostile("input named as a word of SQL", Swap(
        REVENUE, "{type: simple, measure: revenue_amount}",
        "{type: derived, expr: select, inputs: {select: {measure: revenue_amount}}}",
    )),
)  # fmt: skip
_SMUGGLED = (
    hostile("config", Append(REVENUE, "config: {materialized: incremental}\n")),
    hostile("pre_hook", Append(REVENUE, "pre_hook: drop table x\n")),
    hostile("post-hook", Append(LINES, '"post-hook": drop table x\n')),
    hostile("meta", Append(REVENUE, "meta: {dagster: {asset_key: x}}\n")),
    hostile("data_tests", Append(LINES, "data_tests: [unique]\n")),
    hostile("macros", Append(LINES, "macros: [{name: sum}]\n")),
    hostile("sql", Swap(LINES, "    agg: count\n", "    agg: count\n    sql: drop table x\n")),
    hostile("agg with SQL", Swap(LINES, "    agg: count\n", '    agg: "count(*), drop"\n')),
    hostile("dunder key", Append(REVENUE, "__class__: x\n")),
    hostile("private attribute", Append(REVENUE, "_path: /etc/passwd\n")),
    hostile("pydantic key", Append(REVENUE, "model_config: {extra: allow}\n")),
    hostile("type of formula", Swap(REVENUE, "type: simple", "type: sql")),
    hostile("label of a language with a path", Swap(REVENUE, "label: {en: Revenue,", 'label: {"../en": Revenue,')),
)  # fmt: skip


def _rule(sql: str) -> Hostile:
    """A query of that text in a registration rule."""
    old = "{sql: select meeting_id from meeting where follows_id = meeting_id}"
    return hostile(f"rule {sql[:80]}", Swap(CRM, old, f"{{sql: {quoted(sql)}}}"))


_RULES = tuple(
    map(
        _rule,
        (
            "select meeting_id from meeting; drop table meeting",
            "delete from meeting",
            "with d as (delete from meeting returning *) select meeting_id from d",
            "copy meeting to 'x'",
            "select meeting_id into other from meeting",
            "select meeting_id from meeting for update",
            "select meeting_id from read_csv('/etc/passwd')",
            "select meeting_id from '/etc/passwd'",
            "select meeting_id from glob('/**')",
            "select pg_sleep(1000) from meeting",
            "select pg_read_file('/etc/passwd')",
            "select meeting_id from meeting where dblink('host=x', 'select 1') = 1",
            "select getenv('HOME')",
            "select {{ env_var('X') }}",
            "create table x as select 1",
            "attach 'x.db'",
            "pragma version",
            "set memory_limit = '1GB'",
            "",
        ),
    )
)


def _in_place_of_revenue(formula: str) -> Swap:
    return Swap(REVENUE, "{type: simple, measure: revenue_amount}", formula)


def _chain_of(length: int) -> tuple[Write, ...]:
    """KPIs that each take the one before twice: the last one comes from 2 ** length measures."""
    folder = "metrics/kpis/deliver"
    return tuple(
        Write(
            f"{folder}/level_{i}.yml",
            _SHIPPED.replace("kpi: orders_shipped", f"kpi: level_{i}").replace(
                "{type: simple, measure: shipments}",
                f"{{type: derived, expr: a + b, inputs: {{a: {{kpi: {below}}}, b: {{kpi: {below}}}}}}}",
            ),
        )
        for i, below in ((i, f"level_{i - 1}" if i else "orders_shipped") for i in range(length))
    )


_FIGURES = (
    hostile("percentile of 0", Swap(LINES, "percentile: 0.9", "percentile: 0")),
    hostile("percentile of 1", Swap(LINES, "percentile: 0.9", "percentile: 1")),
    hostile("percentile below 0", Swap(LINES, "percentile: 0.9", "percentile: -0.5")),
    hostile("percentile not a number", Swap(LINES, "percentile: 0.9", "percentile: .nan")),
    hostile("percentile in quotes", Swap(LINES, "percentile: 0.9", 'percentile: "nan"')),
    hostile("percentile without end", Swap(LINES, "percentile: 0.9", "percentile: 1e-999")),
    hostile("target without end", Swap(WEST, '"21000.00"', "1e999")),
    hostile("target not a number", Swap(WEST, '"21000.00"', '"NaN"')),
    hostile("target of infinity", Swap(WEST, '"21000.00"', '"Infinity"')),
    hostile("target of 40 digits", Swap(WEST, '"21000.00"', f'"{"9" * 40}"')),
    hostile("weight below 0", Swap(WEST, "weight: 0.3", "weight: -0.3")),
    hostile("version below 0", Swap(REVENUE, "version: 1", "version: -1")),
    hostile("version of 40 digits", Swap(REVENUE, "version: 1", f"version: {'9' * 40}")),
    hostile("year 0", Swap(REVENUE, _DAY, "valid_from: 0000-01-01")),
    hostile("year 99999", Swap(REVENUE, _DAY, "valid_from: 99999-01-01")),
    hostile("members below 1", Swap(LINES, "column: segment}", "column: segment, members: 0}")),
    hostile("window of 0", _in_place_of_revenue("{type: cumulative, measure: revenue_amount, window: 0 months}")),
    hostile("window of 100000", _in_place_of_revenue(
        "{type: cumulative, measure: revenue_amount, window: 100000 months}")),
    hostile("window of 1000 years", _in_place_of_revenue(
        "{type: cumulative, measure: revenue_amount, window: 1000 years}")),
    hostile("window below 0", _in_place_of_revenue("{type: cumulative, measure: revenue_amount, window: -1 months}")),
    hostile("window with SQL", _in_place_of_revenue(
        "{type: cumulative, measure: revenue_amount, window: \"1 month' --\"}")),
    hostile("window on two lines", _in_place_of_revenue(
        '{type: cumulative, measure: revenue_amount, window: "12 months\\n"}')),
    hostile("window in other digits", _in_place_of_revenue(
        '{type: cumulative, measure: revenue_amount, window: "١٢ months"}')),
    hostile("offset of 0", _in_place_of_revenue(
        "{type: derived, expr: a, inputs: {a: {measure: revenue_amount, offset: 0 months}}}")),
    hostile("rolling span of 0", Swap(SHIPPED, "spans: [period]", "spans: [rolling_0]")),
    hostile("rolling span of 9999", Swap(SHIPPED, "spans: [period]", "spans: [rolling_9999]")),
    hostile("rolling span of 100000", Swap(SHIPPED, "spans: [period]", "spans: [rolling_100000]")),
    hostile("rolling span of 9999 weeks", Swap(SHIPPED, "spans: [period]", "spans: [rolling_9999_weeks]")),
    hostile("calendar of 8000 years", Swap(CALENDAR, "as_of: 2017-12-31", "as_of: 9999-12-31")),
    hostile("calendar from year 1", Swap(CALENDAR, "starts_on: 2014-01-01", "starts_on: 0001-01-01")),
)  # fmt: skip
_FORMULAS = (
    hostile("derived from itself", _in_place_of_revenue("{type: derived, expr: a, inputs: {a: {kpi: revenue}}}")),
    hostile(
        "two derived from each other",
        _in_place_of_revenue("{type: derived, expr: a, inputs: {a: {kpi: orders_shipped}}}"),
        Swap(
            SHIPPED,
            "{type: simple, measure: shipments}",
            "{type: derived, expr: a, inputs: {a: {kpi: revenue}}}",
        ),
    ),
    hostile("chain that doubles", *_chain_of(40)),
    hostile("input of both kinds", _in_place_of_revenue(
        "{type: derived, expr: a, inputs: {a: {kpi: gross_margin, measure: revenue_amount}}}")),
    hostile("input of neither kind", _in_place_of_revenue("{type: derived, expr: a, inputs: {a: {missing: zero}}}")),
    hostile("condition on a KPI", _in_place_of_revenue(
        "{type: derived, expr: a, inputs: {a: {kpi: gross_margin, where: true}}}")),
    hostile("no inputs", _in_place_of_revenue("{type: derived, expr: '1', inputs: {}}")),
    hostile("measure that is a query", _in_place_of_revenue('{type: simple, measure: "(select 1)"}')),
    hostile("missing with SQL", _in_place_of_revenue(
        '{type: derived, expr: a, inputs: {a: {measure: revenue_amount, missing: "0) --"}}}')),
    hostile("entity that is an expression", _in_place_of_revenue(
        "{type: conversion, base: order_lines, converted: shipments, entity: \"region || 'x'\", window: 7 days}")),
    hostile("own counter-KPI", Swap(MARGIN, "counter_kpis: [revenue]", "counter_kpis: [gross_margin]")),
)  # fmt: skip

GROUPS: dict[str, tuple[Hostile, ...]] = {
    "yaml": _YAML,
    "paths": _PATHS,
    "names": _NAMES,
    "smuggled_keys": _SMUGGLED,
    "rules": _RULES,
    "figures": _FIGURES,
    "formulas": _FORMULAS,
}
