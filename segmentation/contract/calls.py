"""The call list of sales, and whether its probabilities come true."""

from segmentation.contract.columns import AS_OF_DATE, CUSTOMER_ID, NOTE, with_interval
from segmentation.contract.model import Column, Table

CALL_LIST = Table(
    "targeting",
    "call_list",
    "as-of date and customer to call, of the last 92 days",
    (
        AS_OF_DATE,
        CUSTOMER_ID,
        Column("agent", "VARCHAR", "Who calls; see calls.agents of the settings", privacy="withheld"),
        Column("rank", "BIGINT", "1 is called first by the agent"),
        Column("overall_rank", "BIGINT", "1 has the largest expected margin of all"),
        Column("probability", "DOUBLE", "Probability of an order in the next days, called or not, 0-1"),
        Column("days", "INTEGER", "The next days: calls.days of the settings"),
        Column(
            "expected_margin",
            "DOUBLE",
            "Probability times the margin of an order of the customer, drawn to that of all; not what a call adds",
        ),
        Column("category", "VARCHAR", "First offer of the customer; see targeting.best_offers"),
        Column("reason", "VARCHAR", "Why, in words", privacy="withheld"),
        Column("last_contact_on", "DATE", "Day of the last piece, call or request"),
        Column("last_contact", "VARCHAR", "What it was: the channel of the campaign, or request"),
        NOTE,
    ),
    key=("as_of_date", "customer_id"),
)

CALL_CHECK = Table(
    "targeting",
    "call_check",
    "way to foresee an order and bin of its probability; bin 0 is all customers",
    (
        AS_OF_DATE,
        Column("calibrated_to", "DATE", "Last day the check knew; orders of the calls.days after were to be foreseen"),
        Column("method", "VARCHAR", "same for all, own rhythm or bg/nbd"),
        Column("bin", "INTEGER", "Tenth of the customers by probability, 1 least ... 10 most; 0 all"),
        Column("customers", "BIGINT", "Customers with an order by calibrated_to"),
        Column("expected", "DOUBLE", "Mean probability, 0-1"),
        *with_interval("ordered", "DOUBLE", "Share who ordered in the days held back, 0-1"),
        Column("brier_score", "DOUBLE", "Mean of (probability less 1 or 0) squared; less is better"),
        Column("chosen", "BOOLEAN", "The list rests on this way: that with the smallest Brier score"),
        NOTE,
    ),
    key=("method", "bin"),
)

CALL_EXCLUSIONS = Table(
    "targeting",
    "call_exclusions",
    "reason why customers may not be called, and step that could not be checked",
    (
        AS_OF_DATE,
        Column("step", "INTEGER", "Order of the reasons; a customer has the first that applies"),
        Column("reason", "VARCHAR", "Why customers may not be called"),
        Column("customers", "BIGINT", "Customers with this reason"),
        NOTE,
    ),
    key=("step",),
)

CALL_TABLES = (CALL_LIST, CALL_CHECK, CALL_EXCLUSIONS)
