"""What is credited to mailings: every credit, and by campaign beside what the mailing brought."""

from segmentation.contract.columns import CAMPAIGN_ID, CUSTOMER_ID, NOTE, with_interval
from segmentation.contract.model import MONEY, Column, Table

ATTRIBUTION = Table(
    "response",
    "attribution",
    "credited order, return that takes credit back, or reply; an order is credited once",
    (
        CAMPAIGN_ID,
        CUSTOMER_ID,
        Column(
            "order_id",
            "VARCHAR",
            "Order credited, or return; empty for a reply recorded without an order",
            privacy="pseudonym",
        ),
        Column(
            "method", "VARCHAR", "keycode (quoted) or matchback (mailed, within the window); a return has its order's"
        ),
        Column(
            "matched_by",
            "VARCHAR",
            "What matchback found: the customer was mailed, another of the household, or one of the family name at the "
            "address; empty for keycode",
        ),
        Column("amount", MONEY, "Money credited; negative for a return: what it takes back"),
        Column("ordered_at", "TIMESTAMP", "Moment of the order, return or reply"),
        Column(
            "original_order_id",
            "VARCHAR",
            "Order whose credit a return takes back; empty for orders and replies",
            references="orders.order_id",
        ),
        NOTE,
    ),
)

CREDITS = Table(
    "response",
    "credits",
    "campaign that has started: what is credited to it beside what it brought",
    (
        CAMPAIGN_ID,
        Column("coded_orders", "BIGINT", "Orders credited by the key code quoted; empty where no piece has one"),
        Column("coded_amount", MONEY, "Money of coded_orders"),
        Column(
            "codes_not_credited",
            "BIGINT",
            "Orders that quoted a key code of the campaign, but outside its window, held out, or of a later mailing",
        ),
        Column("matched_by_customer_orders", "BIGINT", "Further orders of mailed customers within the window"),
        Column("matched_by_customer_amount", MONEY, "Money of matched_by_customer_orders"),
        Column(
            "matched_by_household_orders",
            "BIGINT",
            "Further orders from households of mailed customers; empty where no mailed customer has a household",
        ),
        Column("matched_by_household_amount", MONEY, "Money of matched_by_household_orders"),
        Column(
            "matched_by_address_orders",
            "BIGINT",
            "Further orders of the same family name at the same address; empty where no mailed customer has them",
        ),
        Column("matched_by_address_amount", MONEY, "Money of matched_by_address_orders"),
        Column("credited_orders", "BIGINT", "Orders credited in all"),
        Column("credited_customers", "BIGINT", "Customers with a credited order, mailed or of a mailed household"),
        Column("credited_amount", MONEY, "Money of credited_orders, before returns"),
        Column("returns", "BIGINT", "Returns that took credit back"),
        Column("returned_amount", MONEY, "Credit that returns took back, also after the window"),
        Column("net_credited_amount", MONEY, "credited_amount less returned_amount; not what the mailing brought"),
        Column("design", "VARCHAR", "Of the increments: randomised (against a hold-out) or observational (a model)"),
        *with_interval("incremental_customers", "DOUBLE", "Mailed customers who ordered and would not have, unmailed"),
        *with_interval("incremental_revenue", "DOUBLE", "Revenue that would not have come without the mailing"),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        NOTE,
    ),
    key=("campaign_id",),
)

CREDIT_TABLES = (ATTRIBUTION, CREDITS)
