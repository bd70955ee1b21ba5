"""Commands on what is published: ask it, write its report, see and go back to versions, erase a customer."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from flows.cli.answers import say_erased, show_relation
from flows.cli.app import Reports, Settings, Warehouse, app, places, working
from flows.cli.outlook import list_outlook
from flows.cli.progress import tell
from flows.cli.tables import print_rows

LONGEST_PATH = 4096  # characters


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
def export_tables(
    folder: Annotated[Path, Parameter(help="Folder to write to.")],
    *,
    settings: Settings = None,
) -> None:
    """Write every table of the copy for analysts as a Parquet file, for programs that do not read DuckDB 2.

    Example: mailworth export-tables data/parquet
    """
    from segmentation.settings import load_settings
    from segmentation.warehouse.parquet import export_tables

    written = export_tables(load_settings(settings).warehouse, folder)
    tell(f"Tables     {folder} ({len(written)} files)")


@app.command
def report(*, warehouse: Warehouse = None, reports: Reports = None, settings: Settings = None) -> None:
    """Write the report of the published warehouse again.

    Example: mailworth report --warehouse data/warehouse.duckdb --reports reports
    """
    with working("report", settings):
        from segmentation.reporting.stage import write_report
        from segmentation.run import continue_run
        from segmentation.settings import load_settings
        from segmentation.warehouse.publishing import rewriting, show
        from segmentation.warehouse.reading import reading

        run = continue_run("report", load_settings(settings, **places(warehouse, reports)))
        with rewriting(run.settings.warehouse, run.settings.reports.path):
            with reading(run.warehouse, run.settings.warehouse) as connection:
                file = write_report(connection, run.as_of, run.settings.reports)
            show(*run.settings.reports.shown(run.as_of))
    tell(f"Report     {file}")


@app.command
def status(*, warehouse: Warehouse = None, settings: Settings = None) -> None:
    """Tell the last runs, what the last night loaded, the versions that are kept, and when the next night is due.

    Example: mailworth status
    """
    from segmentation.settings import load_settings
    from segmentation.warehouse.versions import list_versions

    chosen = load_settings(settings, warehouse={"path": warehouse})
    path = chosen.warehouse.path
    show_relation(path, "status_runs")
    show_relation(path, "status_loads")
    for version in list_versions(path):
        tell(f"{version.published_at:%Y-%m-%d %H:%M:%S}  {version.file.stat().st_size:>15,}  {version.run_id}")
    for line in list_outlook(chosen):
        tell(line)


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
    from segmentation.warehouse.restoring import restore_version

    chosen = load_settings(settings, warehouse={"path": warehouse}).warehouse
    restore_version(chosen, run_id)
    tell(f"Warehouse  {chosen.path} is that of {run_id}")


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

    with working("erase", settings):
        from segmentation.erasure.stage import erase_customer, preview_erasure

        chosen = load_settings(
            settings, source={"path": source}, warehouse={"path": warehouse}, reports={"path": reports}
        )
        run = continue_run("erase-customer", chosen)
        erasure = preview_erasure(run, customer_id) if dry_run else erase_customer(run, customer_id)
    print_rows(erasure.removed, widest=LONGEST_PATH)
    say_erased(erasure, done=not dry_run)
    if not dry_run:
        erasure.refuse_finds()
