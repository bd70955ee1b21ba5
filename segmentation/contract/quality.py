"""What was read, loaded and rejected."""

from segmentation.contract.columns import NOTE, RUN_ID
from segmentation.contract.model import Column, Table

LOADS = Table(
    "quality",
    "loads",
    "run and table: rows_read = rows_loaded + rows_rejected + rows_unchanged",
    (
        RUN_ID,
        Column("table_name", "VARCHAR", "Input table"),
        Column(
            "source",
            "VARCHAR",
            "Files or query the rows came from; empty where the source has no such table",
            privacy="withheld",
        ),
        Column("rows_read", "BIGINT", "Rows found in the source"),
        Column("rows_loaded", "BIGINT", "Rows new to the warehouse, or replacing one of the same key"),
        Column("rows_rejected", "BIGINT", "Rows that break the contract; see quality.rejects"),
        Column("rows_unchanged", "BIGINT", "Rows the warehouse already had, and exact repetitions"),
        Column("watermark", "VARCHAR", "Where the next night reads on, if the table has a watermark"),
        NOTE,
    ),
    key=("run_id", "table_name"),
)

REJECTS = Table(
    "quality",
    "rejects",
    "rejected row of a source",
    (
        RUN_ID,
        Column("table_name", "VARCHAR", "Input table"),
        Column("source", "VARCHAR", "File or query the row came from"),
        Column("row_number", "BIGINT", "Data row within the file, counted from 1"),
        Column("reason", "VARCHAR", "What is wrong with the row: the first breach found"),
        Column("raw", "VARCHAR", "The row as it came: JSON of its columns, or the line as it stands"),
    ),
    withheld=True,
)
