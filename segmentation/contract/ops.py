"""Runs, the format of the file, and what is left of customers who were erased."""

from segmentation.contract.columns import AS_OF_DATE, RUN_ID
from segmentation.contract.model import Column, Table

RUNS = Table(
    "ops",
    "runs",
    "finished run that wrote the warehouse",
    (
        RUN_ID,
        Column("flow", "VARCHAR", "Flow, such as night, replay-night, plan-mailing or approve-and-export"),
        Column("started_at", "TIMESTAMP", "Start, local time"),
        Column("finished_at", "TIMESTAMP", "End, local time"),
        Column("status", "VARCHAR", "completed"),
        AS_OF_DATE,
        Column("parameters", "VARCHAR", "Settings of the run as JSON", privacy="withheld"),
        Column("triggered_by", "VARCHAR", "Who or what started the run", privacy="withheld"),
        Column("code_version", "VARCHAR", "Version of Mailworth"),
        Column(
            "input_fingerprint",
            "VARCHAR",
            "Hash of names and contents of the source's files; empty where a database was read",
        ),
    ),
    key=("run_id",),
)

FORMAT = Table(
    "ops",
    "format",
    "warehouse",
    (
        Column(
            "format", "INTEGER", "Number of the format; a Mailworth that knows only lower ones refuses the warehouse"
        ),
        Column("release", "VARCHAR", "First version of Mailworth that makes warehouses of this format"),
    ),
)

ERASURES = Table(
    "ops",
    "erasures",
    "identifier of an erased customer; by its hash a later load knows them again",
    (
        Column("kind", "VARCHAR", "customer_id, order_id, email, or name and postcode"),
        Column("hash", "VARCHAR", "SHA-256 of salt|kind|value in hexadecimal digits"),
        Column("erased_on", "DATE", "Day of the erasure"),
        RUN_ID,
    ),
    key=("kind", "hash"),
    withheld=True,
)

ERASURE_SALT = Table(
    "ops",
    "erasure_salt",
    "warehouse in which a customer was erased",
    (Column("salt", "VARCHAR", "Random text before what is hashed; lost, the erased can come back"),),
    withheld=True,
)
