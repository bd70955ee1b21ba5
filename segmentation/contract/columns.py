"""Columns that several published tables share."""

from segmentation.contract.model import Column

RUN_ID = Column("run_id", "VARCHAR", "Run that wrote the row; see ops.runs")
AS_OF_DATE = Column("as_of_date", "DATE", "Last day whose orders are known to the row")
CUSTOMER_ID = Column("customer_id", "VARCHAR", "Customer; see crm.customers", privacy="pseudonym")
CAMPAIGN_ID = Column("campaign_id", "VARCHAR", "Campaign; see crm.campaigns")
PLAN_ID = Column("plan_id", "VARCHAR", "Plan; see targeting.plans")
NOTE = Column("note", "VARCHAR", "Why a figure is missing, or what to know before using it")


def with_interval(name: str, type_: str, what: str) -> tuple[Column, Column, Column]:
    """An estimate and the ends of its interval."""
    return (
        Column(name, type_, what),
        Column(f"{name}_ci_low", type_, f"Lower end of the 95 % interval of {name}"),
        Column(f"{name}_ci_high", type_, f"Upper end of the 95 % interval of {name}"),
    )
