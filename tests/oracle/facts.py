"""The two facts and the dimension model that all KPIs of the oracle tests are over."""

from __future__ import annotations

from kpiledger.specs.fact import Fact

SALE = {
    "fact": "sale", "model": "fct_sale", "description": "Sales. One row per sale.", "key": ["sale_id"],
    "time": "sold_on", "times": ["paid_on"], "source": ["shop"],
    "dimensions": {
        "region": {"column": "region", "members": 4},
        "floor": {"column": "floor", "members": 4},
        "segment": {"through": "dim_customer", "on": "customer", "column": "segment", "members": 4},
        # Known to be few: its distinct counts come from rows of bits, those of visits do not.
        "buyer": {"column": "customer", "members": 9},
    },
    "measures": {
        "amount_sold": {"agg": "sum", "expr": "amount"},
        "profit": {"agg": "sum", "expr": "amount - cost"},
        "refunds": {"agg": "sum", "expr": "amount", "where": "amount < 0"},
        "sales": {"agg": "count"},
        "costed_sales": {"agg": "count", "expr": "cost"},
        "dear_sales": {"agg": "count", "where": "amount >= 20"},
        "buyers": {"agg": "count_distinct", "expr": "customer"},
        "mean_amount": {"agg": "average", "expr": "amount"},
        "smallest": {"agg": "min", "expr": "amount"},
        "largest": {"agg": "max", "expr": "amount"},
        "middle_cost": {"agg": "median", "expr": "cost"},
        "high_cost": {"agg": "percentile", "expr": "cost", "percentile": 0.75},
        "standing": {"agg": "last", "expr": "cost", "over": ["customer"]},
        "amount_paid": {"agg": "sum", "expr": "amount", "time": "paid_on"},
        "payments": {"agg": "count", "time": "paid_on"},
    },
}  # fmt: skip
VISIT = {
    "fact": "visit", "model": "fct_visit", "description": "Visits. One row per visit.", "key": ["visit_id"],
    "time": "seen_on", "source": ["shop"],
    "dimensions": {
        "region": "region",
        "segment": {"through": "dim_customer", "on": "customer", "column": "segment"},
    },
    "measures": {
        "visits": {"agg": "count"},
        "minutes_seen": {"agg": "sum", "expr": "minutes"},
        "visitors": {"agg": "count_distinct", "expr": "customer"},
        "longest_visit": {"agg": "max", "expr": "minutes"},
    },
}  # fmt: skip
COLUMNS = {
    "sale": {
        "sale_id": "integer", "customer": "varchar", "sold_on": "date", "paid_on": "date", "region": "varchar",
        "floor": "integer", "amount": "decimal(12, 2)", "cost": "integer",
    },
    "visit": {
        "visit_id": "integer", "customer": "varchar", "seen_on": "date", "region": "varchar", "minutes": "integer",
    },
}  # fmt: skip
CUSTOMER = {"customer": "varchar", "segment": "varchar"}
FACTS = {"sale": Fact.model_validate(SALE), "visit": Fact.model_validate(VISIT)}
