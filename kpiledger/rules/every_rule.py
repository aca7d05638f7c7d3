"""Which rules must hold between the specs of a project, in the order they run?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kpiledger.finding import Finding, in_order
from kpiledger.project import Project
from kpiledger.rules.aggregations import aggregation_rules
from kpiledger.rules.agreements import agreement_rules
from kpiledger.rules.approvers import approver_rules
from kpiledger.rules.bounds import bound_rules
from kpiledger.rules.changes import change_rules
from kpiledger.rules.contracts import contract_rules
from kpiledger.rules.deprecation import deprecation_rules
from kpiledger.rules.expectations import expectation_rules
from kpiledger.rules.expressions import expression_rules
from kpiledger.rules.extracting import extracting_rules
from kpiledger.rules.formulas import formula_rules
from kpiledger.rules.governance import governance_rules
from kpiledger.rules.judgement import judgement_rules
from kpiledger.rules.kpis import kpi_rules
from kpiledger.rules.leading import leading_rules
from kpiledger.rules.lookups import lookup_rules
from kpiledger.rules.measures import measure_rules
from kpiledger.rules.objectives import objective_rules
from kpiledger.rules.organisation import organisation_rules
from kpiledger.rules.personal import personal_rules
from kpiledger.rules.promises import promise_rules
from kpiledger.rules.rolling_up import rolling_up_rules
from kpiledger.rules.spot_checks import spot_check_rules
from kpiledger.rules.taken_names import taken_name_rules
from kpiledger.rules.targets import target_rules
from kpiledger.rules.triggers import trigger_rules
from kpiledger.rules.two_names import two_name_rules
from kpiledger.rules.two_people import two_people_rules
from kpiledger.rules.versions import version_rules
from kpiledger.rules.waivers import waiver_rules

Rule = Callable[[Project], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    organisation_rules,
    leading_rules,
    contract_rules,
    measure_rules,
    taken_name_rules,
    expression_rules,
    kpi_rules,
    rolling_up_rules,
    objective_rules,
    formula_rules,
    aggregation_rules,
    version_rules,
    deprecation_rules,
    approver_rules,
    agreement_rules,
    personal_rules,
    target_rules,
    bound_rules,
    promise_rules,
    two_name_rules,
    two_people_rules,
    trigger_rules,
    change_rules,
    expectation_rules,
    spot_check_rules,
    extracting_rules,
    lookup_rules,
    waiver_rules,
    judgement_rules,
    governance_rules,
)


def check_project(project: Project) -> list[Finding]:
    """Every finding of every rule, by file and line."""
    return in_order(finding for rule in RULES for finding in rule(project))
