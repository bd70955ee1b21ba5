"""A customer who comes as mailed and as held out is in neither arm, and is counted."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from segmentation.run import Run, start_run
from segmentation.settings import load_settings
from segmentation.sources.stage import extract_table, inspect_source, load_checked
from segmentation.warehouse.connection import query_warehouse
from segmentation.warehouse.publishing import publish, writing
from tests.builders import write_source

CUSTOMERS = "customer_id\n" + "".join(f"c{number}\n" for number in range(1, 6))
CAMPAIGNS = "campaign_id,starts_on\njune,2024-06-01\n"
HEADER = "campaign_id,customer_id,arm,cell\n"
SOUND = "june,c3,treatment,red\njune,c4,control,red\n"


def load(folder: Path, contacts: str, day: str) -> Run:
    source = write_source(folder / "source", customers=CUSTOMERS, campaigns=CAMPAIGNS, contacts=HEADER + contacts)
    settings = load_settings(
        source={"path": source}, warehouse={"path": folder / "w.duckdb"}, quality={"rejected_share_limit": 1}
    )
    run = start_run("night", settings, as_of=dt.date.fromisoformat(day), triggered_by="test")
    with writing(run.settings.warehouse):
        for table in inspect_source(run):
            extract_table(run, table)
            load_checked(run, table)
        publish(run.settings.warehouse)
    return run


def ask(run: Run, query: str) -> pl.DataFrame:
    return query_warehouse(run.warehouse, query)


@pytest.mark.parametrize(
    "contradicting",
    [
        "june,c1,treatment,red\njune,c1,control,red\n",
        "june,c1,control,red\njune,c1,treatment,red\njune,c1,control,red\n",
    ],
)
def test_none_of_the_rows_is_loaded_and_the_reason_tells_why(tmp_path: Path, contradicting: str) -> None:
    run = load(tmp_path, SOUND + contradicting, "2024-06-20")
    assert ask(run, "select customer_id, arm from crm.contacts order by all").rows() == [
        ("c3", "treatment"),
        ("c4", "control"),
    ]
    rejects = ask(run, "select distinct reason, count(*) over () as rows from quality.rejects").rows()
    rows = contradicting.count("\n")
    assert rejects == [("the customer is in both arms of the campaign, so neither row is loaded", rows)]
    counts = (
        "select rows_read, rows_loaded, rows_rejected, rows_unchanged from quality.loads where table_name = 'contacts'"
    )
    assert ask(run, counts).rows() == [(2 + rows, 2, rows, 0)]
    assert ask(run, "from quality.both_arms").rows() == [("june", dt.date(2024, 6, 20), 1)]


def test_rows_that_differ_in_another_column_are_as_before(tmp_path: Path) -> None:
    run = load(tmp_path, SOUND + "june,c1,treatment,red\njune,c1,treatment,blue\n", "2024-06-20")
    assert ask(run, "select cell from crm.contacts where customer_id = 'c1'").rows() == [("red",)]
    reason = "another row with the same campaign_id, customer_id and other content comes before"
    assert ask(run, "select reason from quality.rejects").rows() == [(reason,)]
    assert ask(run, "from quality.both_arms").is_empty()


def test_a_row_of_an_earlier_night_is_taken_back_and_comes_again_once_mended(tmp_path: Path) -> None:
    load(tmp_path, SOUND + "june,c1,treatment,red\n", "2024-06-20")
    run = load(tmp_path, SOUND + "june,c1,treatment,red\njune,c1,control,red\n", "2024-06-21")
    assert ask(run, "from crm.contacts where customer_id = 'c1'").is_empty()
    kept = ask(run, "select customer_id, arm, known_until from history.contacts").rows()
    assert kept == [("c1", "treatment", dt.date(2024, 6, 21))]
    run = load(tmp_path, SOUND + "june,c1,control,red\n", "2024-06-22")
    assert ask(run, "select arm from crm.contacts where customer_id = 'c1'").rows() == [("control",)]
    counts = ask(run, "select as_of_date, customers from quality.both_arms order by all").rows()
    assert counts == [(dt.date(2024, 6, 21), 1), (dt.date(2024, 6, 22), 0)]
