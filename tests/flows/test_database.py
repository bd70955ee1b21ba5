"""A night from a database whose address is a secret: in the environment, or in a block of Prefect's."""

import subprocess
import sys

from segmentation.warehouse.connection import query_warehouse
from tests.database import PASSWORD, Server
from tests.flows.conftest import Place

SHOP = """
drop schema public cascade; create schema public;
create table customers as select n as customer_id, 'Name ' || n as last_name from generate_series(1, 20) as n;
create table orders as select n as order_id, 1 + n % 20 as customer_id, 10.0 as amount,
    timestamp '2024-01-01' + n * interval '1 day' as ordered_at from generate_series(1, 100) as n;
"""
SETTINGS = """
[source]
{address}
[source.tables.orders.columns]
channel = "'shop'"
[warehouse]
path = "w.duckdb"
[night]
as_of = 2024-04-30
"""
SAVE_BLOCK = "import sys; from prefect.blocks.system import Secret; Secret(value=sys.argv[1]).save('shop')"


def test_the_address_is_in_the_environment_and_nowhere_else(place: Place, server: Server) -> None:
    server.run(SHOP)
    (place.folder / "mailworth.toml").write_text(SETTINGS.format(address=""))

    done = place.run_alone("night", MAILWORTH_SOURCE__DATABASE=server.address())

    assert done.returncode == 0, done.stderr
    loaded = query_warehouse(place.warehouse, "select count(*), any_value(channel) from crm.orders")
    assert loaded.rows() == [(100, "shop")]
    assert "orders: 100 rows read from postgresql: table orders" in done.stderr
    assert PASSWORD not in done.stderr + done.stdout
    for file in (path for folder in (place.folder, place.prefect_home) for path in folder.rglob("*") if path.is_file()):
        assert PASSWORD.encode() not in file.read_bytes(), file
    parameters = query_warehouse(place.warehouse, "select parameters from ops.runs").item()
    assert '"database": "**********"' in parameters


def test_the_address_is_in_a_block(place: Place, server: Server) -> None:
    server.run(SHOP)
    (place.folder / "mailworth.toml").write_text(SETTINGS.format(address='database_block = "shop"'))
    saving = [sys.executable, "-c", SAVE_BLOCK, server.address()]
    subprocess.run(saving, cwd=place.folder, env=place.environment, check=True, capture_output=True, timeout=900)

    done = place.run("check")

    assert done.returncode == 0, done.stderr
    assert "100" in done.stdout
    assert PASSWORD not in done.stderr + done.stdout
