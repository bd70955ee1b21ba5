"""Runs."""

from segmentation.contract.columns import AS_OF_DATE, RUN_ID
from segmentation.contract.model import Column, Table

RUNS = Table(
    "ops",
    "runs",
    "finished run that wrote the warehouse",
    (
        RUN_ID,
        Column("flow", "VARCHAR", "night, plan-mailing or measure-campaign"),
        Column("started_at", "TIMESTAMP", "Start, local time"),
        Column("finished_at", "TIMESTAMP", "End, local time"),
        Column("status", "VARCHAR", "completed"),
        AS_OF_DATE,
        Column("parameters", "VARCHAR", "Settings of the run as JSON"),
        Column("triggered_by", "VARCHAR", "Who or what started the run"),
        Column("code_version", "VARCHAR", "Version of Mailworth"),
        Column(
            "input_fingerprint",
            "VARCHAR",
            "Hash of names and contents of the source's files; empty where a database was read",
        ),
    ),
    key=("run_id",),
)
