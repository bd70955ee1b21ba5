"""The command `mailworth`. Prefect and scikit-learn are imported only by the commands that need them.

Exit codes: 0 done; 1 something you can put right, said in one line; 2 the command line is not understood; 3 a fault of
Mailworth's own, with its traceback.
"""

import atexit
import datetime as dt
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn
from urllib.parse import unquote

from cyclopts import App, CycloptsError, Parameter

from flows.progress import show_progress, tell, warn
from flows.tables import print_rows
from segmentation import __version__
from segmentation.errors import MailworthError
from segmentation.settings import DEFAULT_FILE, PolicyName

if TYPE_CHECKING:
    from segmentation.erasure.stage import Erasure

DEMO_SETTINGS = Path("data/sample/mailworth.toml")
DEMO_QUERIES = (
    "select segment, count(*) as customers, sum(spend) as spend from segments.rfm group by segment order by spend desc",
    "select name, mailed, round(response_rate, 3) as response_rate, round(incremental_revenue)::int as revenue, "
    "round(incremental_revenue_ci_low)::int as low, round(incremental_revenue_ci_high)::int as high, pays "
    "from response.campaigns where not provisional and incremental_revenue is not null order by starts_on desc limit 5",
    "select step, reason, customers_before, customers_removed, customers_after from targeting.waterfall order by step",
)

LONGEST_PATH = 4096  # characters

Settings = Annotated[Path | None, Parameter(name="--settings", help="Settings file; ./mailworth.toml if there is one.")]
Warehouse = Annotated[Path | None, Parameter(name="--warehouse", help="Published DuckDB file.")]
Reports = Annotated[Path | None, Parameter(name="--reports", help="Folder of the reports.")]

app = App(
    name="mailworth",
    version=__version__,
    help="Segment customers, pick whom to mail, measure what it brought. Start with: mailworth demo",
    result_action="return_value",
)


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
def init(
    *,
    source: Annotated[str, Parameter(help="Folder of CSV or Parquet files, or postgresql://user@host/database.")],
    file: Annotated[Path, Parameter(help="Settings file to write.")] = DEFAULT_FILE,
) -> None:
    """Write a settings file for a source, with every key, its meaning and its default, and what the source has.

    Example: mailworth init --source data/source
    """
    from segmentation.settings_file import write_settings

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
    with _working("check", settings):
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
def demo() -> None:
    """Run the night on the sample of a real grocery chain and show what came out.

    Example: mailworth demo
    """
    if not DEMO_SETTINGS.exists():
        raise MailworthError(f"{DEMO_SETTINGS}: not found; run `mailworth demo` in the folder of the project")
    _night(settings=DEMO_SETTINGS)
    from segmentation.settings import load_settings
    from segmentation.warehouse.connection import query_warehouse

    warehouse = load_settings(DEMO_SETTINGS).warehouse.path
    for query in DEMO_QUERIES:
        tell(f'\n$ mailworth query "{query}"')
        print_rows(query_warehouse(warehouse, query))


def _night(
    *,
    source: Path | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    as_of: dt.date | None = None,
    settings: Path | None = None,
) -> None:
    with _working("night", settings, source={"path": source}, **_places(warehouse, reports)):
        from flows.night import night as flow

        published = flow(as_of=as_of, source=source, warehouse=warehouse, reports=reports, settings=settings)
    _say_published(published)


@app.command
def plan(
    *,
    budget: Annotated[float | None, Parameter(help="Money for pieces and fixed cost.")] = None,
    campaign: Annotated[str | None, Parameter(help="Campaign to plan; the next to start if left out.")] = None,
    unit_cost: Annotated[float | None, Parameter(help="Cost of one piece.")] = None,
    control_share: Annotated[float | None, Parameter(help="Share of the selected held out, 0 to 0.5.")] = None,
    rest_days: Annotated[int | None, Parameter(help="Days without a contact before the in-home date.")] = None,
    policy: Annotated[PolicyName | None, Parameter(help="How customers are ranked.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Plan a mailing under a budget: who is mailed, who is left out and why, who is held out.

    Example: mailworth plan --budget 500 --control-share 0.2
    """
    wanted: dict[str, Any] = {
        "budget": budget,
        "campaign_id": campaign,
        "unit_cost": unit_cost,
        "control_share": control_share,
        "rest_days": rest_days,
        "policy": policy,
    }
    with _working("plan", settings, plan=wanted, **_places(warehouse, reports)):
        from flows.plan_mailing import plan_mailing

        published = plan_mailing(**wanted, warehouse=warehouse, reports=reports, settings=settings)
    plan_id = unquote(published.mailing_list.stem) if published.mailing_list else None
    _query(published.warehouse, "plan_waterfall", plan_id=plan_id)
    _query(published.warehouse, "plan_summary", plan_id=plan_id)
    _say_published(published)


@app.command
def measure(
    campaign: Annotated[str | None, Parameter(help="Campaign to measure; all that have started if left out.")] = None,
    *,
    margin_rate: Annotated[float | None, Parameter(help="Margin per money of revenue, 0 to 1.")] = None,
    unit_cost: Annotated[float | None, Parameter(help="Cost of one piece where the source has none.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Measure what campaigns brought, with the orders of the last night.

    Example: mailworth measure 18 --margin-rate 0.3
    """
    assumed = {"margin_rate": margin_rate, "unit_cost": unit_cost}
    with _working("measure", settings, campaigns=assumed, **_places(warehouse, reports)):
        from flows.measure_campaign import measure_campaign

        published = measure_campaign(
            campaign_id=campaign, **assumed, warehouse=warehouse, reports=reports, settings=settings
        )
    _query(published.warehouse, "campaign_results", campaign_id=campaign)
    _say_published(published)


@app.command
def report(*, warehouse: Warehouse = None, reports: Reports = None, settings: Settings = None) -> None:
    """Write the report of the published warehouse again.

    Example: mailworth report --warehouse data/warehouse.duckdb --reports reports
    """
    with _working("report", settings):
        from segmentation.reporting.stage import write_report
        from segmentation.run import continue_run
        from segmentation.settings import load_settings
        from segmentation.warehouse.connection import open_database
        from segmentation.warehouse.publishing import show

        run = continue_run("report", load_settings(settings, **_places(warehouse, reports)))
        with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
            file = write_report(connection, run.as_of, run.settings.reports)
        show(file)
    tell(f"Report     {file}")


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

    serve_deployments(chosen.serve, chosen.night, tell=tell)


@app.command
def query(
    sql: Annotated[str, Parameter(help="A SELECT statement.")],
    *,
    form: Annotated[Literal["table", "csv", "json"], Parameter(name="--format", help="How to print rows.")] = "table",
    warehouse: Warehouse = None,
    settings: Settings = None,
) -> None:
    """Ask the published warehouse, read-only, also while a night runs.

    Example: mailworth query "select segment, count(*) as customers from segments.rfm group by all"
    """
    from segmentation.settings import load_settings
    from segmentation.warehouse.connection import query_warehouse

    chosen = load_settings(settings, warehouse={"path": warehouse}).warehouse
    print_rows(query_warehouse(chosen.path, sql, chosen), form)


@app.command
def status(*, warehouse: Warehouse = None, settings: Settings = None) -> None:
    """Tell the last runs, what the last night loaded, and the versions that are kept.

    Example: mailworth status
    """
    from segmentation.settings import load_settings
    from segmentation.warehouse.versions import list_versions

    path = load_settings(settings, warehouse={"path": warehouse}).warehouse.path
    _query(path, "status_runs")
    _query(path, "status_loads")
    for version in list_versions(path):
        tell(f"{version.published_at:%Y-%m-%d %H:%M:%S}  {version.file.stat().st_size:>15,}  {version.run_id}")


@app.command
def restore(
    run_id: Annotated[str, Parameter(help="Run whose version to publish again; `mailworth status` lists them.")],
    *,
    warehouse: Warehouse = None,
    settings: Settings = None,
) -> None:
    """Go back to the warehouse as an earlier run published it.

    Example: mailworth restore night-20171231-20180101T023000
    """
    from segmentation.settings import load_settings
    from segmentation.warehouse.versions import restore_version

    chosen = load_settings(settings, warehouse={"path": warehouse}).warehouse
    restore_version(chosen, run_id)
    tell(f"Warehouse  {chosen.path} is that of {run_id}")


def _places(warehouse: Path | None, reports: Path | None) -> dict[str, dict[str, Path | None]]:
    return {"warehouse": {"path": warehouse}, "reports": {"path": reports}}


@app.command
def erase(
    customer_id: Annotated[str, Parameter(help="Customer to erase, as in crm.customers.")],
    *,
    dry_run: Annotated[bool, Parameter(help="Show what would be removed; nothing is changed.", negative="")] = False,
    source: Annotated[Path | None, Parameter(help="Folder of the source, which is not searched.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Take a customer out of every table, version and list, for good, and look where else they are named.

    Example: mailworth erase 1234 --dry-run
    """
    from segmentation.run import continue_run
    from segmentation.settings import load_settings

    with _working("erase", settings):
        from segmentation.erasure.stage import erase_customer, preview_erasure

        chosen = load_settings(
            settings, source={"path": source}, warehouse={"path": warehouse}, reports={"path": reports}
        )
        run = continue_run("erase-customer", chosen)
        erasure = preview_erasure(run, customer_id) if dry_run else erase_customer(run, customer_id)
    print_rows(erasure.removed, widest=LONGEST_PATH)
    _say_erased(erasure, done=not dry_run)
    if not dry_run:
        erasure.refuse_finds()


@contextmanager
def _working(what: str, settings: Path | None, **given: dict[str, Any]) -> Iterator[None]:
    """Show progress; a mistake in the settings or arguments is told before Prefect takes its seconds to start."""
    from segmentation.settings import load_settings

    load_settings(settings, **given)
    with show_progress(what):
        yield


def _query(warehouse: Path, relation: str, **parameters: object) -> None:
    from segmentation.warehouse.connection import fetch, open_database
    from segmentation.warehouse.schema import refuse_incomplete

    with open_database(warehouse, read_only=True) as connection:
        refuse_incomplete(connection, warehouse)
        print_rows(fetch(connection, relation, **parameters))


def _say_published(published: object) -> None:
    for name, label in (("warehouse", "Warehouse"), ("report", "Report"), ("mailing_list", "List")):
        if (file := getattr(published, name)) is not None:
            tell(f"{label:<10} {file}")


def _say_erased(erasure: "Erasure", *, done: bool) -> None:
    if not done:
        tell("Dry run    nothing is changed; this is what would be removed")
    if erasure.erased_before:
        tell(f"Erased     on {erasure.erased_before} already; every file was searched again")
    tell(f"Hashes     {erasure.hashes} identifiers, salted, so that no source brings the person back")
    tell("Stays      campaign results, thresholds, profiles, waterfalls, counts of loads; the next night counts anew")
    tell(f"Searched   for {', '.join(erasure.searched) or 'nothing, since the id has fewer than 4 characters'}")
    if erasure.not_searched:
        tell(f"           not for {', '.join(erasure.not_searched)}, which other customers have too")
    for find in erasure.finds:
        tell(f"Found      {find}")


def main() -> NoReturn:
    """Entry point."""
    _leave(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error the user can put right is one line and code 1."""
    try:
        app(arguments, exit_on_error=False)
    except CycloptsError:
        return 2  # cyclopts has said what is wrong
    except MailworthError as error:
        warn(f"mailworth: {error}")
        return 1
    except KeyboardInterrupt:
        warn("mailworth: interrupted; what was published before stays as it was")
        return 130
    except Exception:
        traceback.print_exc()
        return 3
    return 0


def _leave(code: int) -> NoReturn:
    """End now: after a run of Prefect the interpreter's own clean-up takes long and prints noise."""
    logging.shutdown()  # sends what Prefect still has to log, while its server is there
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)
