"""What customers will bring, have brought and cost, and what to do with them."""

from segmentation.contract.columns import AS_OF_DATE, CUSTOMER_ID, NOTE
from segmentation.contract.model import MONEY, Column, Table

PORTFOLIO = Column("portfolio", "VARCHAR", "grow, keep, cheaper service or let go: the first rule that fits")
MARGIN_TO_DATE = Column("margin_to_date", MONEY, "Margin of the orders to date, net of returns")
CONTACT_COST = Column("contact_cost_to_date", MONEY, "Cost of the pieces sent to date, without campaigns' fixed cost")
SERVICE_COST = Column("service_cost_to_date", MONEY, "Cost of answering contact-centre requests to date")
PROFIT_TO_DATE = Column(
    "profit_to_date",
    MONEY,
    "Margin less contact and service cost to date; a cost whose table the source does not bring is left out",
)
CONTACT_COST_LAST_YEAR = Column(
    "contact_cost_last_year", MONEY, "Cost of the pieces sent in the last 365 days: saved by no longer mailing"
)
SERVICE_COST_LAST_YEAR = Column("service_cost_last_year", MONEY, "Cost of the requests answered in the last 365 days")
EXPECTED_MARGIN = Column("expected_margin", "DOUBLE", "Margin expected in the next 12 months (365 days)")

VALUE = Table(
    "segments",
    "value",
    "customer with an order by the as-of date, but for those of segments.unscored",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("expected_orders", "DOUBLE", "Days with an order expected in the next 12 months (365 days)"),
        EXPECTED_MARGIN,
        Column(
            "probability_active",
            "DOUBLE",
            "Probability that the customer has not dropped out, 0-1; "
            "1 without a repeat order, after which alone the model lets customers drop out",
        ),
        MARGIN_TO_DATE,
        CONTACT_COST,
        SERVICE_COST,
        PROFIT_TO_DATE,
        CONTACT_COST_LAST_YEAR,
        SERVICE_COST_LAST_YEAR,
        Column("expected_profit", "DOUBLE", "Expected margin less contact and service cost as in the last 365 days"),
        PORTFOLIO,
        Column(
            "method",
            "VARCHAR",
            "Of the expected figures: bg/nbd + gamma-gamma; bg/nbd + last year, where margin repeats the last 365 "
            "days; last year, where orders do too; bg/nbd alone, where no margin is known",
        ),
        NOTE,
    ),
    key=("customer_id",),
)

VALUE_MODEL = Table(
    "segments",
    "value_model",
    "model and parameter",
    (
        AS_OF_DATE,
        Column("method", "VARCHAR", "bg/nbd (expected orders) or gamma-gamma (margin per order)"),
        Column("parameter", "VARCHAR", "r, alpha (weeks), a, b; p, q, v (money)"),
        Column("value", "DOUBLE", "Value with the highest likelihood"),
        Column("log_likelihood", "DOUBLE", "Logarithm of that likelihood"),
        Column("customers", "BIGINT", "Customers the model was fitted on"),
        Column("used", "BOOLEAN", "Whether segments.value rests on the model"),
        NOTE,
    ),
    key=("method", "parameter"),
)

VALUE_CHECK = Table(
    "segments",
    "value_check",
    "measure and bin of expected orders; bin 0 is all customers",
    (
        AS_OF_DATE,
        Column("calibrated_to", "DATE", "Last day the models of the check knew; what came later was held back"),
        Column("measure", "VARCHAR", "orders (days with an order) or margin"),
        Column("bin", "INTEGER", "Tenth of the customers by expected orders, 1 fewest ... 10 most; 0 all"),
        Column("lowest_expected_orders", "DOUBLE", "Fewest orders expected of a customer of the bin"),
        Column("highest_expected_orders", "DOUBLE", "Most orders expected of a customer of the bin"),
        Column("customers", "BIGINT", "Customers with an order by calibrated_to"),
        Column("expected", "DOUBLE", "Sum expected by the models"),
        Column("last_year", "DOUBLE", "Sum of as many days before calibrated_to: the simple guess to compare with"),
        Column("actual", "DOUBLE", "Sum that came in the days held back"),
        Column("model_mae", "DOUBLE", "Mean absolute error of the models per customer"),
        Column("model_rmse", "DOUBLE", "Root mean square error of the models per customer"),
        Column("last_year_mae", "DOUBLE", "Mean absolute error of the simple guess per customer"),
        Column("last_year_rmse", "DOUBLE", "Root mean square error of the simple guess per customer"),
        NOTE,
    ),
    key=("measure", "bin"),
)

PORTFOLIO_GROUPS = Table(
    "segments",
    "portfolio",
    "portfolio of the customers of segments.value",
    (
        PORTFOLIO,
        AS_OF_DATE,
        Column("customers", "BIGINT", "Customers in the group"),
        Column("share", "DOUBLE", "Share of the customers, 0-1"),
        MARGIN_TO_DATE,
        CONTACT_COST,
        SERVICE_COST,
        PROFIT_TO_DATE,
        EXPECTED_MARGIN,
        CONTACT_COST_LAST_YEAR,
        SERVICE_COST_LAST_YEAR,
        NOTE,
    ),
    key=("portfolio",),
)

SERVICE_REASONS = Table(
    "segments",
    "service_reasons",
    "reason of the contact-centre requests of the last 365 days",
    (
        Column(
            "reason",
            "VARCHAR",
            "What they were about; 'not given' where the source does not say",
            privacy="withheld",
        ),
        AS_OF_DATE,
        Column("requests", "BIGINT", "Requests"),
        Column("share", "DOUBLE", "Share of all requests, 0-1"),
        Column("customers", "BIGINT", "Customers who asked"),
        Column("minutes", "DOUBLE", "Staff minutes spent"),
        Column("cost", MONEY, "Cost of answering"),
        Column("self_service", "BOOLEAN", "Could be answered without staff: in value.self_service_reasons"),
        NOTE,
    ),
    key=("reason",),
)

SERVICE_BY_SEGMENT = Table(
    "segments",
    "service_by_segment",
    "segment; contact-centre requests of the last 365 days",
    (
        Column("segment", "VARCHAR", "Segment; never bought, or left out of scoring, for those without one"),
        AS_OF_DATE,
        Column("customers", "BIGINT", "Customers in the segment; of those without one, only those who asked"),
        Column("customers_asking", "BIGINT", "Customers who asked"),
        Column("requests", "BIGINT", "Requests"),
        Column("self_service_requests", "BIGINT", "Requests that could be answered without staff"),
        Column("minutes", "DOUBLE", "Staff minutes spent"),
        Column("cost", MONEY, "Cost of answering"),
        NOTE,
    ),
    key=("segment",),
)

VALUE_TABLES = (VALUE, VALUE_MODEL, VALUE_CHECK, PORTFOLIO_GROUPS, SERVICE_REASONS, SERVICE_BY_SEGMENT)
