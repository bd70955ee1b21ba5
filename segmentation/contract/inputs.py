"""The tables a source may bring: `crm.*` in the published warehouse."""

from segmentation.contract.model import MONEY, Column, Rule, Table

CUSTOMERS = Table(
    "crm",
    "customers",
    "customer",
    (
        Column("customer_id", "VARCHAR", "Identifies the customer", required=True, privacy="pseudonym"),
        Column("household_id", "VARCHAR", "Household the customer belongs to", privacy="pseudonym"),
        Column("title", "VARCHAR", "Form of address", privacy="withheld"),
        Column("first_name", "VARCHAR", "Given name", privacy="withheld"),
        Column("last_name", "VARCHAR", "Family name", privacy="withheld"),
        Column("address_line", "VARCHAR", "Street and number", privacy="withheld"),
        Column("postcode", "VARCHAR", "Postal code", privacy="withheld"),
        Column("city", "VARCHAR", "Town", privacy="withheld"),
        Column("country", "VARCHAR", "Country"),
        Column("email", "VARCHAR", "E-mail address", privacy="withheld"),
        Column("phone", "VARCHAR", "Telephone number", privacy="withheld"),
        Column("created_on", "DATE", "Day the customer became known"),
        Column("mail_consent", "BOOLEAN", "May be mailed", default="true"),
        Column("deceased", "BOOLEAN", "Known to have died"),
        Column("undeliverable", "BOOLEAN", "Mail came back from this address"),
    ),
    key=("customer_id",),
    required=True,
    keeps_attributes=True,
    dated_by="created_on",
)

ORDERS = Table(
    "crm",
    "orders",
    "order; a return is an order with a negative amount",
    (
        Column("order_id", "VARCHAR", "Identifies the order", required=True, privacy="pseudonym"),
        Column("customer_id", "VARCHAR", "Who ordered", required=True, references="customers.customer_id"),
        Column("ordered_at", "TIMESTAMP", "Moment of the order, local time", required=True),
        Column("amount", MONEY, "Money received, net of discounts; negative for a return", required=True),
        Column("margin", MONEY, "Amount less the cost of the goods"),
        Column("channel", "VARCHAR", "Where the order was placed"),
        Column("keycode", "VARCHAR", "Key code quoted with the order", privacy="pseudonym"),
    ),
    key=("order_id",),
    required=True,
    dated_by="ordered_at",
)

ORDER_LINES = Table(
    "crm",
    "order_lines",
    "product in an order",
    (
        Column("order_id", "VARCHAR", "Order the line belongs to", required=True, references="orders.order_id"),
        Column("product_id", "VARCHAR", "Product, or product group", required=True),
        Column("amount", MONEY, "Money received for the line", required=True),
        Column("category", "VARCHAR", "Category of the product"),
        Column("quantity", "DOUBLE", "Units sold, in the product's own unit"),
    ),
    key=("order_id", "product_id"),
)

CAMPAIGNS = Table(
    "crm",
    "campaigns",
    "campaign",
    (
        Column("campaign_id", "VARCHAR", "Identifies the campaign", required=True),
        Column("starts_on", "DATE", "In-home date: first day of the response window", required=True),
        Column("name", "VARCHAR", "Name people use for the campaign"),
        Column("channel", "VARCHAR", "mail, email or phone"),
        Column("campaign_type", "VARCHAR", "Type of the campaign; those of one channel and type are compared"),
        Column("ends_on", "DATE", "Last day of the response window"),
        Column("unit_cost", "DOUBLE", "Cost of one piece"),
        Column("fixed_cost", MONEY, "Cost of the campaign whatever its size"),
        Column("control_share", "DOUBLE", "Planned share of the selected customers held out, 0-1"),
    ),
    key=("campaign_id",),
    rules=(
        Rule("ends_on is before starts_on", "ends_on < starts_on"),
        Rule("unit_cost is negative", "unit_cost < 0"),
        Rule("fixed_cost is negative", "fixed_cost < 0"),
        Rule("control_share is not between 0 and 1", "control_share < 0 or control_share > 1"),
    ),
    keeps_attributes=True,
)

CONTACTS = Table(
    "crm",
    "contacts",
    "customer selected for a campaign, control included",
    (
        Column("campaign_id", "VARCHAR", "Campaign", required=True, references="campaigns.campaign_id"),
        Column("customer_id", "VARCHAR", "Customer selected", required=True, references="customers.customer_id"),
        Column("arm", "VARCHAR", "treatment (mailed) or control (held out)", default="'treatment'"),
        Column("cell", "VARCHAR", "Test cell: offer or creative; empty for a control shared by all cells"),
        Column("keycode", "VARCHAR", "Key code printed on the piece", privacy="pseudonym"),
        Column("contacted_on", "DATE", "Day of the contact"),
        Column("unit_cost", "DOUBLE", "Cost of this piece"),
    ),
    key=("campaign_id", "customer_id"),
    rules=(
        Rule("arm is neither treatment nor control", "arm not in ('treatment', 'control')"),
        Rule("unit_cost is negative", "unit_cost < 0"),
    ),
    dated_by="contacted_on",
    agrees_in="arm",
    disagreement="the customer is in both arms of the campaign, so neither row is loaded",
)

RESPONSES = Table(
    "crm",
    "responses",
    "recorded reply, visit or redemption; replies alike in every column count once",
    (
        Column("campaign_id", "VARCHAR", "Campaign replied to", required=True, references="campaigns.campaign_id"),
        Column("customer_id", "VARCHAR", "Who replied", required=True, references="customers.customer_id"),
        Column("responded_at", "TIMESTAMP", "Moment of the reply, local time", required=True),
        Column("value", MONEY, "Money the reply stands for"),
        Column("keycode", "VARCHAR", "Key code quoted with the reply", privacy="pseudonym"),
    ),
    dated_by="responded_at",
)

SUPPRESSIONS = Table(
    "crm",
    "suppressions",
    "rule to leave somebody out",
    (
        Column("reason", "VARCHAR", "Why: robinson, objection, bounced, moved ...", required=True),
        Column("customer_id", "VARCHAR", "Customer the rule is for"),
        Column("email", "VARCHAR", "E-mail address the rule is for"),
        Column("postcode", "VARCHAR", "Postal code the rule is for, together with last_name"),
        Column("last_name", "VARCHAR", "Family name the rule is for, together with postcode"),
        Column("since", "DATE", "First day the rule holds; always, where empty"),
        Column("until", "DATE", "Last day the rule holds; for good, where empty", open_ended=True),
        Column("list_name", "VARCHAR", "List the rule came from"),
    ),
    rules=(
        Rule(
            "names nobody: give customer_id, email, or postcode and last_name",
            "customer_id is null and email is null and (postcode is null or last_name is null)",
        ),
        Rule("until is before since", "until < since"),
    ),
    withheld=True,
)

SERVICE_CONTACTS = Table(
    "crm",
    "service_contacts",
    "contact-centre request",
    (
        Column("service_contact_id", "VARCHAR", "Identifies the request", required=True, privacy="pseudonym"),
        Column("customer_id", "VARCHAR", "Who asked", required=True, references="customers.customer_id"),
        Column("at", "TIMESTAMP", "Moment of the request, local time", required=True),
        Column("channel", "VARCHAR", "How the request came in"),
        Column("reason", "VARCHAR", "What it was about", privacy="withheld"),
        Column("minutes", "DOUBLE", "Staff minutes spent"),
        Column("cost", MONEY, "Cost of answering"),
    ),
    key=("service_contact_id",),
    rules=(Rule("minutes is negative", "minutes < 0"), Rule("cost is negative", "cost < 0")),
    dated_by="at",
)

COSTS = Table(
    "crm",
    "costs",
    "cost of the CRM programme",
    (
        Column("name", "VARCHAR", "What is paid for", required=True),
        Column("amount", MONEY, "Money per occurrence", required=True),
        Column(
            "kind",
            "VARCHAR",
            "once, monthly or yearly; per_user, per_branch or per_module a month, or once with _once at the end",
            default="'once'",
        ),
        Column("from", "DATE", "First day it is paid; that of the programme, where empty"),
        Column("to", "DATE", "Last day it is paid; for good, where empty", open_ended=True),
    ),
    rules=(Rule("to is before from", '"to" < "from"'),),
)

# In the order of loading: a table comes after those it refers to.
INPUT_TABLES = (
    CUSTOMERS,
    ORDERS,
    ORDER_LINES,
    CAMPAIGNS,
    CONTACTS,
    RESPONSES,
    SUPPRESSIONS,
    SERVICE_CONTACTS,
    COSTS,
)
