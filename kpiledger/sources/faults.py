"""The faults that the demo's source systems can be given, and the check that must name each of them.

They come after the sources were extracted, so a fault in a source is also a difference from the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass

RECONCILIATION = "reconciliation"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a source system.

    `rule` is the registration rule that must name it, or `reconciliation`; `also` says what else sees it.
    `keys` are the record keys that must be named, `what` says it in words, `statement` does it.
    """

    source: str
    table: str
    kind: str
    rule: str
    keys: tuple[str, ...]
    what: str
    statement: str
    also: tuple[str, ...] = ()

    @property
    def found_by(self) -> tuple[str, ...]:
        """Every check that must name the fault."""
        return (self.rule, *self.also)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "erp", "order_line", "row missing in the source", RECONCILIATION, ("9006", "9007"),
        "two lines of order CA-2017-107825 were deleted in ERP after the warehouse had read them",
        "delete from order_line where row_id in (9006, 9007)",
    ),
    Fault(
        "erp", "order_line", "row missing in the warehouse", RECONCILIATION, ("9995", "9996"),
        "two lines of order CA-2017-127803 are in ERP and never reached the warehouse",
        """insert into order_line values
           (9995, 'CA-2017-127803', 'FUR-FU-10000206', 2, 0.0, 5.82, 2.7354),
           (9996, 'CA-2017-127803', 'OFF-ST-10001321', 6, 0.0, 92.52, 24.9804)""",
    ),
    Fault(
        "erp", "order_line", "changed amount", RECONCILIATION, ("5001", "5003"),
        "the sales of two lines were changed in ERP: 79.99 to 179.99 and 191.6 to 19.16",
        """update order_line
           set sales = case row_id when 5001 then 179.99 else 19.16 end
           where row_id in (5001, 5003)""",
    ),
    Fault(
        "erp", "orders", "duplicate key", "OR-01", ("CA-2016-150077",),
        "an order was entered twice in ERP under the same id",
        "insert into orders select * from orders where order_id = 'CA-2016-150077'",
        also=(RECONCILIATION,),
    ),
    Fault(
        "wms", "shipment", "row missing in the source", RECONCILIATION, ("CA-2017-160458",),
        "a shipment was deleted in WMS after the warehouse had read it",
        "delete from shipment where order_id = 'CA-2017-160458'",
    ),
    Fault(
        "wms", "shipment", "code outside the list", "SH-02", ("CA-2017-160416",),
        "a shipment was given the ship mode 'Drone', which does not exist",
        "update shipment set ship_mode = 'Drone' where order_id = 'CA-2017-160416'",
        also=(RECONCILIATION,),
    ),
    Fault(
        "desk", "ticket", "late entry", "TI-02", ("T-2017-00905", "T-2017-00906"),
        "two tickets were registered nine days after they were opened",
        """update ticket set registered_at = datetime(opened_at, '+9 days')
           where ticket_id in ('T-2017-00905', 'T-2017-00906')""",
        also=(RECONCILIATION,),
    ),
    Fault(
        "desk", "ticket", "code outside the list", "TI-03", ("T-2017-00903",),
        "a ticket was given the status 'parked', which does not exist",
        "update ticket set status = 'parked' where ticket_id = 'T-2017-00903'",
        also=(RECONCILIATION,),
    ),
)  # fmt: skip
