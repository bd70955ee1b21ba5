"""Best offers, and whether they beat plain popularity."""

from segmentation.contract.columns import AS_OF_DATE, CUSTOMER_ID, NOTE, with_interval
from segmentation.contract.model import Column, Table

TASK = Column("task", "VARCHAR", "any (category bought next) or new (next category new to the customer)")

BEST_OFFERS = Table(
    "targeting",
    "best_offers",
    "customer of segments.rfm and rank, of the task that offers.new_only sets",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("rank", "INTEGER", "1 is most likely; up to 3"),
        Column("category", "VARCHAR", "Category to offer; a product where the source has no categories"),
        Column(
            "probability",
            "DOUBLE",
            "Chance that the customer's next purchase is of the category, 0-1; those of all add up to 1",
        ),
        Column("days_bought", "BIGINT", "Days on which the customer bought of it so far"),
        Column("last_bought_on", "DATE", "Last of these days"),
        Column("basis", "VARCHAR", "Why, in words"),
    ),
    key=("customer_id", "rank"),
)

OFFER_MODELS = Table(
    "targeting",
    "offer_models",
    "task and way to find offers, with what it would have hit in the days held back",
    (
        AS_OF_DATE,
        TASK,
        Column(
            "method",
            "VARCHAR",
            "popularity, popularity in the segment, own purchases (drawn to the segment's) or similar buyers",
        ),
        Column("calibrated_to", "DATE", "Last day the check knew; purchases of the days after were to be foreseen"),
        Column("customers", "BIGINT", "Customers of the check: had bought before, and bought (something new) after"),
        *with_interval("hit_rate_1", "DOUBLE", "Share whose first offer was bought in the days held back, 0-1"),
        *with_interval("hit_rate_3", "DOUBLE", "Share of whom one of three offers or more was bought, 0-1"),
        *with_interval(
            "mean_reciprocal_rank", "DOUBLE", "Mean of 1 / rank of the first offer that was bought; 0 beyond rank 10"
        ),
        Column("log_loss", "DOUBLE", "Mean of -ln(probability given to what was bought); less is better"),
        Column("gain", "DOUBLE", "hit_rate_1 less that of popularity, on the same customers"),
        Column("gain_ci_low", "DOUBLE", "Lower end of its interval: 95 % for all ways of the task together"),
        Column("gain_ci_high", "DOUBLE", "Upper end of its interval: 95 % for all ways of the task together"),
        Column("chosen", "BOOLEAN", "Offers of the task are found in this way"),
        Column("offered", "BOOLEAN", "targeting.best_offers has offers of this task; see offers.new_only"),
        NOTE,
    ),
    key=("task", "method"),
)

OFFER_TABLES = (BEST_OFFERS, OFFER_MODELS)
