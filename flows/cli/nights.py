"""Commands of those who run Mailworth: settings, source, night, demo, server."""

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.cli.answers import say_published
from flows.cli.app import Reports, Settings, Warehouse, app, places, working
from flows.cli.progress import tell
from flows.cli.tables import print_rows
from segmentation.errors import MailworthError
from segmentation.settings import DEFAULT_FILE

DEMO_SETTINGS = Path("data/sample/mailworth.toml")
DEMO_QUERIES = (
    "select segment, count(*) as customers, sum(spend) as spend from segments.rfm group by segment order by spend desc",
    "select name, mailed, round(response_rate, 3) as response_rate, round(incremental_revenue)::int as revenue, "
    "round(incremental_revenue_ci_low)::int as low, round(incremental_revenue_ci_high)::int as high, pays "
    "from response.campaigns where not provisional and incremental_revenue is not null order by starts_on desc limit 5",
    "select step, reason, customers_before, customers_removed, customers_after from targeting.waterfall order by step",
)


@app.command
def init(
    *,
    source: Annotated[str, Parameter(help="Folder of CSV or Parquet files, or postgresql://user@host/database.")],
    file: Annotated[Path, Parameter(help="Settings file to write.")] = DEFAULT_FILE,
) -> None:
    """Write a settings file for a source, with every key, its meaning and its default, and what the source has.

    Example: mailworth init --source data/source
    """
    from segmentation.settings.template import write_settings

    write_settings(file, source)
    tell(f"Settings   {file}")


@app.command
def check(
    *,
    source: Annotated[Path | None, Parameter(help="Folder of CSV or Parquet files.")] = None,
    as_of: Annotated[dt.date | None, Parameter(help="Last day whose orders count; today if left out.")] = None,
    settings: Settings = None,
) -> None:
    """Read a source and say what a night would load and reject; nothing is written.

    Example: mailworth check --source data/sample
    """
    with working("check", settings):
        from segmentation.run import last_day_known
        from segmentation.settings import load_settings
        from segmentation.sources.check import check_source

        chosen = load_settings(settings, source={"path": source})
        if chosen.source.database_block is not None:
            from flows.secrets import with_secrets

            chosen = with_secrets(chosen)
        loads, rejects = check_source(chosen, last_day_known(chosen, as_of))
    print_rows(loads)
    if not rejects.is_empty():
        print_rows(rejects)


@app.command
def night(
    *,
    source: Annotated[Path | None, Parameter(help="Folder of CSV or Parquet files in contract form.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    as_of: Annotated[dt.date | None, Parameter(help="Last day whose orders count; today if left out.")] = None,
    settings: Settings = None,
) -> None:
    """Run the whole night: load, check, segment, measure, plan, publish, report.

    Example: mailworth night --source data/sample --warehouse data/warehouse.duckdb --reports reports --as-of 2017-12-31
    """
    _night(source=source, warehouse=warehouse, reports=reports, as_of=as_of, settings=settings)


@app.command
def demo() -> None:
    """Run the night on the sample of a real grocery chain, show what came out and what to do next.

    Example: mailworth demo
    """
    if not DEMO_SETTINGS.exists():
        raise MailworthError(f"{DEMO_SETTINGS}: not found; run `mailworth demo` in the folder of the project")
    plan_id = _night(settings=DEMO_SETTINGS)
    from segmentation.settings import load_settings
    from segmentation.warehouse.connection import query_warehouse

    warehouse = load_settings(DEMO_SETTINGS).warehouse.path
    for query in DEMO_QUERIES:
        tell(f'\n$ mailworth query "{query}"')
        print_rows(query_warehouse(warehouse, query))
    tell("\nThe next mailing is a draft. To have its list written:")
    tell(f"$ mailworth approve '{plan_id}' --by YOU --settings {DEMO_SETTINGS}")
    tell(f"$ mailworth export '{plan_id}' --settings {DEMO_SETTINGS}")


def _night(
    *,
    source: Path | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    as_of: dt.date | None = None,
    settings: Path | None = None,
) -> str | None:
    with working("night", settings, source={"path": source}, **places(warehouse, reports)):
        from flows.night import night as flow

        published = flow(as_of=as_of, source=source, warehouse=warehouse, reports=reports, settings=settings)
    say_published(published)
    return published.plan_id


@app.command
def notify(*, settings: Settings = None) -> None:
    """Send a test notice to everybody who is told of failures and warnings, and say whether it was taken.

    Example: mailworth notify
    """
    from segmentation.notices.stage import send_test
    from segmentation.settings import load_settings

    for channel in send_test(load_settings(settings).notices):
        tell(f"Sent       {channel}")


@app.command
def serve(
    *,
    host: Annotated[
        str | None, Parameter(help="Address to listen on; beyond this machine it needs a password.")
    ] = None,
    port: Annotated[int | None, Parameter(help="Port to listen on.")] = None,
    settings: Settings = None,
) -> None:
    """Start Prefect's server with its page, all deployments, and the night on schedule.

    The page is for this machine only, unless MAILWORTH_SERVE__PASSWORD is set.

    Example: mailworth serve --settings mailworth.toml
    """
    from flows.address import prefect_environment
    from segmentation.settings import FILE_VARIABLE, load_settings

    chosen = load_settings(settings, serve={"host": host, "port": port})
    if settings is not None:
        os.environ[FILE_VARIABLE] = str(settings.absolute())
    os.environ.update(prefect_environment(chosen.serve))
    from flows.serve import serve_deployments

    serve_deployments(chosen, tell=tell)
