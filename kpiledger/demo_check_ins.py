"""What did the demo's company say of its key results in 2017, and of what did nobody say anything?

Check-ins stand in no file, so the demo's history has them here. Marketing never checked in, and the service stopped
before its desks were not staffed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from kpiledger.objectives.check_ins import CheckIn
from kpiledger.project import Project

_SAID = (
    ("2017-04-12", "more_sold", "head_of_sales", "0.8", "Spring was better than planned in three of four regions"),
    ("2017-04-12", "margin_kept", "cfo", "0.7", None),
    ("2017-04-13", "shipped_in_time", "head_of_logistics", "0.6", "The second shift is half hired"),
    ("2017-07-12", "more_sold", "head_of_sales", "0.8", None),
    ("2017-07-12", "margin_kept", "cfo", "0.5", "April and May were sold too cheap"),
    ("2017-07-12", "active_each_month", "head_of_account_management", "0.7", None),
    ("2017-07-13", "solved_sooner", "head_of_service", "0.8", "The ticket system is learned"),
    ("2017-10-11", "more_sold", "head_of_sales", "0.9", "All depends on November"),
    ("2017-10-11", "margin_kept", "cfo", "0.4", "Large discounts in the autumn"),
    ("2017-10-11", "shipped_in_time", "head_of_logistics", "0.4", "Orders grow faster than the shift"),
    ("2017-12-13", "more_sold", "head_of_sales", "0.9", None),
    ("2017-12-13", "margin_kept", "cfo", "0.2", "It will not be reached, see the discounts of November"),
    ("2017-12-13", "fewer_losses", "head_of_sales", "0.6", None),
    ("2017-12-13", "discounts_held", "head_of_sales", "0.3", "We gave more away in November than was agreed"),
    ("2017-12-13", "active_each_month", "head_of_account_management", "0.9", None),
    ("2017-12-14", "shipped_in_time", "head_of_logistics", "0.1", "Twice the orders of a normal month, one shift"),
    ("2017-12-14", "same_day_kept", "head_of_logistics", "0.9", None),
    ("2017-12-14", "queue_in_bounds", "head_of_logistics", "0.7", None),
    ("2017-12-14", "more_shipped", "head_of_logistics", "1", "Reached in October"),
    ("2017-12-13", "active_in_the_year", "head_of_account_management", "0.9", "Seven customers to go"),
)


def demo_check_ins(project: Project) -> Iterator[CheckIn]:
    """The check-ins on key results that the project has, in the order of their days."""
    known = {result.id for file in project.objectives for one in file.objectives for result in one.key_results}
    for day, key_result, role, confidence, note in _SAID:
        if key_result in known and role in project.organisation.roles:
            on = date.fromisoformat(day)
            yield CheckIn(key_result, on.year, on, role, Decimal(confidence), note)
