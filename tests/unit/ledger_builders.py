"""What tests of folding, ledger and recording build: events, projects and a clock that they set."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kpiledger.finding import Position
from kpiledger.folding import RecordedEvent
from kpiledger.project import Project
from kpiledger.specs.agreement import AgreementEvent, AgreementFile
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def clock(moment=NOW):
    return lambda: moment


def ticking(start=NOW):
    """A clock that moves a second with each look."""
    seen = [start - timedelta(seconds=1)]

    def look():
        seen[0] += timedelta(seconds=1)
        return seen[0]

    return look


def target(kpi="revenue", value="21000.00", region="West", grain="month", comparison="at_least", **more):
    form = {"grain": grain, "comparison": comparison}
    form |= value if isinstance(value, dict) else {"value": value}
    return {"kpi": kpi, "slice": {"region": region} if region else {}, "target": form, **more}


def agreed(*targets, agreement="west_2017", valid_from="2017-01-01", valid_to="2017-12-31", **more):
    return event("agreed", *targets, agreement=agreement, valid_from=valid_from, valid_to=valid_to, **more)


def event(kind, *targets, agreement="west_2017", valid_from="2017-07-01", reason="as discussed", **more):
    shown = {
        "event": kind,
        "agreement": agreement,
        "decided_on": "2016-12-12",
        "valid_from": valid_from,
        "reason": {"kind": "annual_agreement" if kind == "agreed" else "external_shock", "text": reason},
        "proposed_by": "head_of_sales",
        "approved_by": "cfo",
        **more,
    }
    if targets:
        shown["targets"] = list(targets)
    return shown


def recorded(*events, holder="sales_west", every=timedelta(days=30), start=NOW):
    """Events as if recorded one after the other, seq from 1."""
    return tuple(
        RecordedEvent(
            seq=index + 1,
            recorded_at=start + every * index,
            key=f"{shown['agreement']}/{index + 1}",
            holder=holder,
            event=AgreementEvent.model_validate(shown),
            commit=None,
            entry_hash=f"{index + 1:064x}",
        )
        for index, shown in enumerate(events)
    )


def kpi(name="revenue", versions=None, **more):
    shown = {
        "kpi": name,
        "label": {"en": name},
        "description": "Sales.",
        "owner": "finance_controller",
        "department": "finance",
        "chain_stage": "order",
        "timing": "lagging",
        "effect": "output",
        "aspect": "quantity",
        "level": "team",
        "direction": "increase",
        "unit": "currency",
        "currency": "USD",
        "cadence": "month",
        "grains": ["month"],
        "spans": ["period"],
        "slices": ["region"],
        "versions": versions or [version()],
        **more,
    }
    spec = Kpi.model_validate(shown)
    spec.located(f"metrics/kpis/order/{name}.yml", {("versions", 0): Position("", 20, 3)})
    return spec


def version(number=1, valid_from="2014-01-01", formula=None, **more):
    return {
        "version": number,
        "valid_from": valid_from,
        "change": {"reason": "first definition", "requested_by": "finance_controller"},
        "formula": formula or {"type": "simple", "measure": "sales"},
        **more,
    }


def fact(expr="sales_amount"):
    spec = Fact.model_validate(
        {
            "fact": "order_line",
            "model": "fct_order_line",
            "description": "Lines. One row per order line.",
            "key": ["order_line_id"],
            "time": "ordered_on",
            "source": ["erp"],
            "dimensions": {"region": "region"},
            "measures": {"sales": {"agg": "sum", "expr": expr}, "lines": {"agg": "count"}},
        }
    )
    spec.located("metrics/facts/order_line.yml", {})
    return spec


def agreements(*events, holder="sales_west", path="metrics/agreements/2017/sales_west.yml"):
    spec = AgreementFile.model_validate({"holder": holder, "events": list(events)})
    places = {("events", index): Position(path, 3 + 20 * index, 5) for index in range(len(events))}
    spec.located(path, places)
    return spec


def project(*files, kpis=None, measure="sales_amount", root=Path("project")):
    organisation = {
        "departments": {"finance": {"label": {"en": "Finance"}}},
        "units": {"sales_west": {"label": {"en": "West"}, "kind": "team"}},
        "roles": {
            "head_of_sales": {"label": {"en": "Head of sales"}},
            "cfo": {"label": {"en": "CFO"}},
            "finance_controller": {"label": {"en": "Controller"}},
        },
        "people": {"p1001": ["head_of_sales"]},
    }
    stage = {"stage": "order", "label": {"en": "Order"}, "question": "What do they buy?"}
    return Project(
        root=root,
        calendar=Calendar.model_validate({"starts_on": date(2014, 1, 1), "zone": "UTC"}),
        organisation=Organisation.model_validate(organisation),
        chain=Chain.model_validate({"stages": [stage]}),
        facts={"order_line": fact(measure)},
        kpis={spec.kpi: spec for spec in (kpis or [kpi()])},
        agreements=files,
        expectations={},
    )
