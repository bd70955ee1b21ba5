"""A person who was erased does not come back with the next load, and costs it nothing."""

from pathlib import Path

import pytest

from segmentation.contract.ops import ERASURE_SALT, ERASURES
from segmentation.warehouse.connection import Connection, execute
from tests.builders import write_source
from tests.warehouse.loads import counts, load_source, reasons, rows

SOURCE = {  # klient-7 was erased
    "customers": "customer_id,last_name,email,postcode\n"
    "klient-7,Erased,gone@example.pl,00-950\nc1,Stays,a@b.pl,30-001\n",
    "orders": "order_id,customer_id,ordered_at,amount\no7,klient-7,2024-01-05,10\no1,c1,2024-01-05,10\n",
    "order_lines": "order_id,product_id,amount\no7,p,10\no1,p,10\n",
    "campaigns": "campaign_id,starts_on\nk,2024-01-01\n",
    "contacts": "campaign_id,customer_id\nk,klient-7\nk,c1\n",
    "suppressions": "reason,email,postcode,last_name\n"
    "robinson,GONE@example.pl,,\nrobinson,,00-950,erased\nmoved,a@b.pl,,\n",
}


@pytest.fixture
def barred(loading: Connection) -> Connection:
    execute(loading, f"insert into {ERASURE_SALT.full_name} (salt) values ('s')")
    values = {
        "customer_id": "klient-7",
        "order_id": "o7",
        "email": "gone@example.pl",
        "name and postcode": "erased|00-950",
    }
    for kind, value in values.items():
        execute(
            loading,
            f"insert into {ERASURES.full_name} (kind, hash) values ($kind, sha256('s|' || $kind || '|' || $value))",
            kind=kind,
            value=value,
        )
    return loading


def test_rows_of_the_erased_are_rejected_without_their_text(barred: Connection, tmp_path: Path) -> None:
    loads = load_source(barred, write_source(tmp_path, **SOURCE))

    assert {name: counts(load) for name, load in loads.items() if load.rows_read} == {
        "customers": (1, 1, 0),
        "orders": (1, 1, 0),
        "order_lines": (1, 1, 0),
        "campaigns": (1, 0, 0),
        "contacts": (1, 1, 0),
        "suppressions": (1, 2, 0),
    }
    assert set(rows(barred, "select reason, raw from quality.rejects")) == {("the person was erased", None)}
    for table in loads:
        assert rows(barred, f"select count(*) from crm.{table} as t where t::varchar ilike '%klient-7%' "
                    "or t::varchar ilike '%gone@%' or t::varchar like '%o7%'") == [(0,)]  # fmt: skip


def test_they_do_not_count_for_the_limit(barred: Connection, tmp_path: Path) -> None:
    load_source(barred, write_source(tmp_path, **SOURCE), limit=0)


def test_a_rejected_row_that_names_them_is_kept_without_its_text(barred: Connection, tmp_path: Path) -> None:
    broken = (
        SOURCE["customers"]
        + 'klient-7,Erased,gone@example.pl,00-950,more\nc2,"Like, comma",b@c.pl,1,2\n,Erased,gone@example.pl,\n'
    )

    load_source(barred, write_source(tmp_path, customers=broken), tables=["customers"])

    assert [reason.split(":")[0] for _, reason in reasons(barred, "customers")] == [
        "the person was erased",
        "unreadable line",
        "unreadable line",
        "the person was erased",
    ]
    texts = rows(barred, "select raw from quality.rejects where raw is not null")
    assert texts == [('c2,"Like, comma",b@c.pl,1,2',)]
