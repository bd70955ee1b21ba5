"""Whether the programme pays, month by month and in all."""

from segmentation.contract.columns import AS_OF_DATE, NOTE, with_interval
from segmentation.contract.model import MONEY, Column, Table

BASIS = Column(
    "basis",
    "VARCHAR",
    "randomised (mailings with a hold-out) or observational (mailings without, whose margins are a model's estimates); "
    "never to be added: each has the whole cost of the programme",
)
EARLIER_PRACTICE = Column(
    "earlier_practice", "VARCHAR", "What would have been mailed without the programme; empty for nothing"
)
MAILING_COST = Column("mailing_cost", MONEY, "Cost of the mailings counted")
SAVED = Column(
    "saved_mailing_cost", MONEY, "Cost of the mailings of the earlier practice less mailing_cost; empty without one"
)
EARLIER_MARGIN = with_interval(
    "earlier_margin", "DOUBLE", "Margin that the earlier practice would have brought; empty without one"
)
INCREMENTAL_MARGIN = with_interval(
    "incremental_margin", "DOUBLE", "Margin of the mailings counted that would not have come without them"
)
NOT_COUNTED = Column("not_counted", "BIGINT", "Mailings that the basis cannot count; the reasons are in note")

PAYBACK = Table(
    "response",
    "payback",
    "month of the programme and basis",
    (
        BASIS,
        Column("month", "DATE", "First day of the month; a mailing counts in the month its response window ends"),
        Column("cost_once", MONEY, "Costs of the programme paid once"),
        Column("cost_running", MONEY, "Costs of the programme that come again"),
        Column("campaigns", "BIGINT", "Mailings counted"),
        NOT_COUNTED,
        Column("mailed", "BIGINT", "Pieces of the mailings counted"),
        MAILING_COST,
        *INCREMENTAL_MARGIN,
        Column("pieces_not_sent", "BIGINT", "Pieces that the earlier practice would have sent beyond mailed"),
        SAVED,
        *EARLIER_MARGIN,
        *with_interval(
            "net",
            "DOUBLE",
            "Of what is counted: incremental_margin less mailing_cost, cost_once and cost_running; with an earlier "
            "practice incremental_margin less earlier_margin plus saved_mailing_cost, less both costs of the programme",
        ),
        *with_interval("cumulative_net", "DOUBLE", "net of all months to this one"),
        Column("payback_share", "DOUBLE", "Share of the simulations in which cumulative_net is not below 0"),
        Column(
            "payback_reached",
            "VARCHAR",
            "Whether cumulative_net is not below 0: yes or no when its interval says so, else not proven",
        ),
        NOTE,
    ),
    key=("basis", "month"),
)

PROGRAMME = Table(
    "response",
    "programme",
    "basis: the programme from its first month to the as-of date",
    (
        BASIS,
        AS_OF_DATE,
        Column("starts_on", "DATE", "Mailings from this day on are of the programme"),
        Column("months", "BIGINT", "Months so far; the last may still be running"),
        EARLIER_PRACTICE,
        Column("campaigns", "BIGINT", "Mailings counted"),
        NOT_COUNTED,
        Column("not_counted_cost", MONEY, "Cost of the mailings not counted; empty where it is not known"),
        Column("running", "BIGINT", "Mailings whose response window is still open, so counted nowhere yet"),
        Column("mailed", "BIGINT", "Pieces of the mailings counted"),
        Column("cost", MONEY, "Cost of the programme, without the mailings"),
        MAILING_COST,
        *INCREMENTAL_MARGIN,
        Column("pieces_not_sent", "BIGINT", "Pieces that the earlier practice would have sent beyond mailed"),
        SAVED,
        *EARLIER_MARGIN,
        *with_interval("net", "DOUBLE", "net of all months; see response.payback"),
        Column("discount_rate", "DOUBLE", "A year, 0-1"),
        *with_interval("net_present_value", "DOUBLE", "net of all months, discounted to the first"),
        Column(
            "payback_month",
            "DATE",
            "First month from which cumulative_net stays at or above 0, by the estimates; empty where there is none",
        ),
        Column("payback_month_ci_low", "DATE", "Lower end of the 95 % interval of payback_month"),
        Column("payback_month_ci_high", "DATE", "Upper end; empty for not yet"),
        Column("payback_share", "DOUBLE", "Share of the simulations that have paid back in the last month"),
        *with_interval("margin_per_piece", "DOUBLE", "incremental_margin / mailed"),
        Column(
            "break_even_margin_per_piece",
            "DOUBLE",
            "margin_per_piece at which net would be 0; with mail all, the most that a piece not sent may have brought",
        ),
        Column("margin_per_order", "DOUBLE", "Margin of an order since the first month, net of returns"),
        Column(
            "break_even_response",
            "DOUBLE",
            "Orders per piece, beyond those that come anyway, at which net would be 0; empty with an earlier practice",
        ),
        *with_interval("break_even_cost", "DOUBLE", "Cost of the programme at which net would be 0"),
        Column(
            "pays",
            "VARCHAR",
            "yes when the whole interval of net_present_value is above 0, even had mailings not counted brought "
            "nothing; no when it is below 0 and all are counted; else, and always without hold-out, not proven",
        ),
        NOTE,
    ),
    key=("basis",),
)

PAYBACK_TABLES = (PAYBACK, PROGRAMME)
