"""Models of whom it pays to mail."""

from segmentation.contract.columns import AS_OF_DATE, NOTE, with_interval
from segmentation.contract.model import Column, Table

CHANNEL = Column("channel", "VARCHAR", "Channel whose earlier mailings taught it: mail, email or phone")
KIND = Column("kind", "VARCHAR", "response (of the mailed) or uplift (against those held out)")

MODELS = Table(
    "targeting",
    "models",
    "as-of date, channel, kind of model and candidate: the model card",
    (
        AS_OF_DATE,
        CHANNEL,
        KIND,
        Column("candidate", "VARCHAR", "Way to rank customers; none where nothing can be learnt"),
        Column("learns", "VARCHAR", "What it learns"),
        Column("outcome", "VARCHAR", "responded (recorded replies), or converted (bought) where replies cannot tell"),
        Column("campaigns", "VARCHAR", "Campaigns it is trained on: of the channel, their windows closed"),
        Column("customers", "BIGINT", "Customers it is trained on, each once a campaign"),
        Column("responses", "BIGINT", "Of them with the outcome"),
        Column("columns", "VARCHAR", "What it knows of a customer, as of the eve of each mailing"),
        *with_interval(
            "gain",
            "DOUBLE",
            "Responses (of uplift: incremental ones, the Qini) per 1,000 mailed beyond a random order, the mean over "
            "all depths, on customers it had not seen; intervals by bootstrap",
        ),
        *with_interval(
            "calibration_slope",
            "DOUBLE",
            "Of the chosen response model before it was straightened: 1 is right, below 1 too sure of itself",
        ),
        Column("chosen", "BOOLEAN", "Ranks customers tonight"),
        NOTE,
    ),
    key=("as_of_date", "channel", "kind", "candidate"),
)

MODEL_CURVES = Table(
    "targeting",
    "model_curves",
    "as-of date, channel, curve of the chosen model and share mailed, measured on customers it had not seen",
    (
        AS_OF_DATE,
        CHANNEL,
        KIND,
        Column(
            "curve",
            "VARCHAR",
            "gains (share of all responses), qini (incremental responses per 1,000 customers of the list), tenths "
            "(incremental responses per 1,000 of the tenth that ends here) or profit (money per 1,000 of the list)",
        ),
        Column("share", "DOUBLE", "Share of the list that is mailed, best first, 0-1"),
        Column("value", "DOUBLE", "What the curve tells at this share"),
        Column("ci_low", "DOUBLE", "Lower end of its 95 % interval (bootstrap, the order being given)"),
        Column("ci_high", "DOUBLE", "Upper end"),
        Column("at_random", "DOUBLE", "The same in a random order"),
    ),
    key=("as_of_date", "channel", "kind", "curve", "share"),
)

CALIBRATION = Table(
    "targeting",
    "calibration",
    "as-of date, channel and tenth of the mailed by response rate expected without having seen the customer",
    (
        AS_OF_DATE,
        CHANNEL,
        Column("tenth", "INTEGER", "1 is the least likely; equal rates stay together"),
        Column("customers", "BIGINT", "Customers mailed"),
        Column("expected", "DOUBLE", "Mean response rate expected, 0-1"),
        Column("observed", "DOUBLE", "Response rate that came, 0-1"),
        Column("observed_ci_low", "DOUBLE", "Lower end of its 95 % interval (Wilson)"),
        Column("observed_ci_high", "DOUBLE", "Upper end"),
    ),
    key=("as_of_date", "channel", "tenth"),
)

PREDICTION_TABLES = (MODELS, MODEL_CURVES, CALIBRATION)
