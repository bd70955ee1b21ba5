"""The same night on both engines, without Prefect."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.clusters.stage import cluster_customers
from segmentation.crediting.stage import credit_orders
from segmentation.history.stage import keep_history
from segmentation.response.stage import measure_campaigns
from segmentation.run import Run
from segmentation.segments.stage import segment_customers
from segmentation.settings import Settings
from segmentation.sources.stage import extract_table, inspect_source, load_checked
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection, execute, open_memory
from segmentation.warehouse.publishing import writing

# The sample with what it lacks: a hold-out, names and addresses, suppressions, and rows that break the contract.
SOURCE = {
    "customers.csv": """
        select
            *,
            'Familie ' || customer_id::int % 900 as last_name,
            ['Łucja', 'Jan', 'J.', null][1 + customer_id::int % 4] as first_name,
            'ulica Żółwia ' || customer_id::int % 300 as address_line,
            '0' || customer_id::int % 70 || '-1' as postcode,
            'Łódź' as city,
            if(customer_id::int % 5 = 0, 'h' || customer_id::int // 10, null) as household_id,
            if(customer_id::int % 41 = 0, 'perhaps', 'true') as mail_consent
        from 'data/sample/customers.parquet'
        union all by name select '1' as customer_id, 'another' as last_name
        union all by name select null as customer_id""",
    "orders.parquet": """
        from 'data/sample/orders.parquet'
        union all by name
        select 'o' as order_id, 'nobody' as customer_id, timestamp '2017-05-05' as ordered_at, 1.00 as amount
        union all by name
        select 'r' || order_id as order_id, customer_id, ordered_at + interval 2 day as ordered_at, -amount as amount
        from 'data/sample/orders.parquet' where order_id::bigint % 97 = 0
        union all by name (from 'data/sample/orders.parquet' limit 5)""",
    "order_lines.parquet": "from 'data/sample/order_lines.parquet'",
    "campaigns.csv": """
        select *, 0.2 as control_share from 'data/sample/campaigns.parquet' where campaign_id in ('18', '20', '22')""",
    "contacts.csv": """
        select
            campaign_id,
            customer_id,
            if(campaign_id = '18' and customer_id::int % 5 = 0, 'control', 'treatment') as arm,
            if(arm = 'treatment', strftime(contacted_on, '%d/%m/%Y'), null) as contacted_on,
            if(arm = 'treatment', 'K' || campaign_id, null) as keycode
        from 'data/sample/contacts.parquet' where campaign_id in ('18', '20', '22')
        union all by name select '18' as campaign_id, '1' as customer_id, 'neither' as arm
        union all by name
        select campaign_id, customer_id, 'control' as arm
        from 'data/sample/contacts.parquet' where campaign_id = '22' and customer_id::int % 100 = 0""",
    "responses.csv": """
        from 'data/sample/responses.parquet' where campaign_id in ('18', '20', '22')
        union all by name select '18' as campaign_id, '1' as customer_id, timestamp '2099-01-01' as responded_at""",
    "suppressions.csv": """
        select 'objection' as reason, customer_id, null as email, null as last_name, null as postcode
        from 'data/sample/customers.parquet' where customer_id::int % 101 = 0
        union all select 'Robinson', null, null, 'FAMILIE 7', '07 1'""",
}

STARTED = dt.datetime(2018, 1, 1, 2, 30)


def a_run(settings: Settings) -> Run:
    assert settings.night.as_of is not None
    return Run("night", "a night", settings, settings.night.as_of, STARTED, "test")


@contextmanager
def a_night(settings: Settings) -> Iterator[Connection]:
    """The parts of a night that Spark computes, in the order of the night; the warehouse they have made."""
    run = a_run(settings)
    with writing(settings.warehouse, run.lists, settings.reports.path):
        for table in inspect_source(run):
            extract_table(run, table)
            load_checked(run, table)
        with run.computing() as connection:
            segment_customers(connection, run.as_of, settings.rfm)
            cluster_customers(connection, run.as_of, settings.clusters)
        with run.building() as connection:
            keep_history(connection, run.as_of, drift_limit=settings.rfm.drift_limit)
        with run.computing() as connection:
            credit_orders(connection, run.as_of, settings.campaigns)
            measure_campaigns(connection, run.as_of, settings.campaigns, settings.rfm, seed=settings.clusters.seed)
            plan_mailing(connection, run)
        with run.building() as connection:
            yield connection


def write_source(folder: Path) -> Path:
    """SOURCE as files of `folder`."""
    folder.mkdir()
    with open_memory() as connection:
        for name, query in SOURCE.items():
            kind = Path(name).suffix[1:]
            execute(connection, f"copy ({query}) to '{folder / name}' (format {kind})")
    return folder


def settings_of(folder: Path, engine: str, **sections: dict[str, object]) -> Settings:
    """Settings of the sample in a folder of its own."""
    return Settings.model_validate(
        {
            "source": {"path": folder / "source"},
            "warehouse": {"path": folder / engine / "warehouse.duckdb"},
            "reports": {"path": folder / engine / "reports"},
            "night": {"as_of": "2017-12-31"},
            "campaigns": {"unit_cost": 0.55, "margin_rate": 0.25, "dimensions": ["age"]},
            "plan": {"budget": 400, "control_share": 0.2, "rest_days": 30},
            "spark": {"engine": engine},
        }
        | sections
    )
