"""Sales of the coming weeks, and how well such forecasts did."""

from segmentation.contract.columns import AS_OF_DATE, NOTE, PLAN_ID, with_interval
from segmentation.contract.model import Column, Table

SEGMENT = Column(
    "segment",
    "VARCHAR",
    "Segment at the as-of date; never bought: whose first order is yet to come; left out of scoring; or all together",
)

SALES_FORECAST = Table(
    "targeting",
    "sales_forecast",
    "segment and coming week",
    (
        AS_OF_DATE,
        SEGMENT,
        Column("week", "INTEGER", "1 starts the day after the as-of date; up to 12"),
        Column("week_starts_on", "DATE", "First day of the week"),
        Column("customers", "BIGINT", "Customers of the segment at the as-of date; empty for those yet to come"),
        *with_interval("orders", "DOUBLE", "Orders, if customers and mailings go on as before"),
        *with_interval("revenue", "DOUBLE", "Revenue net of returns, if customers and mailings go on as before"),
        *with_interval("margin", "DOUBLE", "Margin of this revenue"),
        *with_interval("mailing_adds", "DOUBLE", "Revenue that the planned mailing adds in the week"),
        *with_interval("revenue_with_mailing", "DOUBLE", "The same with what the planned mailing is expected to add"),
        Column("method", "VARCHAR", "How it is foreseen: that with the smallest error in targeting.forecast_check"),
        PLAN_ID,
        NOTE,
    ),
    key=("segment", "week"),
)

FORECAST_CHECK = Table(
    "targeting",
    "forecast_check",
    "way to foresee revenue, segment and weeks ahead",
    (
        AS_OF_DATE,
        Column(
            "method",
            "VARCHAR",
            "mean of 12 weeks, same weeks last year, path of the segment (its level times how such customers went on) "
            "or path per customer (customers times what such customers went on to spend)",
        ),
        SEGMENT,
        Column("horizon", "VARCHAR", "Weeks ahead: 1-4, 5-8, 9-12, or 1-12 for all of them"),
        Column("origins", "BIGINT", "Earlier dates from which 12 weeks were foreseen, four weeks apart"),
        Column("wape", "DOUBLE", "Sum of absolute errors over the sum of what came; 0.1 is 10 % off"),
        Column(
            "mase", "DOUBLE", "Mean absolute error over that of taking each week for the next, in the 12 weeks before"
        ),
        Column("bias", "DOUBLE", "Sum foreseen over the sum of what came, less 1"),
        Column(
            "chosen", "BOOLEAN", "The forecast rests on this way: that with the least error summed over segments, 1-12"
        ),
        NOTE,
    ),
    key=("method", "segment", "horizon"),
)

FORECAST_BACKTEST = Table(
    "targeting",
    "forecast_backtest",
    "earlier date, segment then and week after it: what the chosen way would have foreseen, and what came",
    (
        AS_OF_DATE,
        Column("foreseen_on", "DATE", "Last day the forecast knew"),
        SEGMENT,
        Column("week", "INTEGER", "1 starts the day after foreseen_on; up to 12"),
        Column("week_starts_on", "DATE", "First day of the week"),
        Column("foreseen", "DOUBLE", "Revenue foreseen"),
        Column("came", "DOUBLE", "Revenue that came"),
        Column("method", "VARCHAR", "How it was foreseen"),
    ),
    key=("foreseen_on", "segment", "week"),
)

FORECAST_TABLES = (SALES_FORECAST, FORECAST_CHECK, FORECAST_BACKTEST)
