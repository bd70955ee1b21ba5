import datetime as dt

import polars as pl

from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order


def credited(warehouse: Connection) -> list[tuple[str, str, str | None, str]]:
    rows = fetch(warehouse, "attribution", as_of_date=dt.date(2024, 6, 30), response_window_days=30)
    return rows.select("campaign_id", "customer_id", "order_id", "method").rows()


def campaigns(warehouse: Connection) -> None:
    """May is mailed to a and b with key codes, June to a alone; c is held out of May."""
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "may", "starts_on": dt.date(2024, 5, 1), "ends_on": dt.date(2024, 6, 20)},
        {"campaign_id": "june", "starts_on": dt.date(2024, 6, 1)},
    )
    fill(
        warehouse,
        "crm.contacts",
        {"campaign_id": "may", "customer_id": "a", "arm": "treatment", "keycode": "M1"},
        {"campaign_id": "may", "customer_id": "b", "arm": "treatment", "keycode": "M1"},
        {"campaign_id": "may", "customer_id": "c", "arm": "control", "keycode": None},
        {"campaign_id": "june", "customer_id": "a", "arm": "treatment", "keycode": "J1"},
    )


def test_key_code_first_then_the_last_mailing_before_the_order(warehouse: Connection) -> None:
    campaigns(warehouse)
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-10", order_id="coded", keycode="M1"),
        order("a", "2024-06-11", order_id="matched"),
        order("a", "2024-05-31", order_id="before June"),
        order("a", "2024-04-30", order_id="too early"),
        order("b", "2024-06-21", order_id="too late"),
        order("b", "2024-06-12", order_id="unknown code", keycode="X9"),
        order("c", "2024-05-10", order_id="held out"),
        order("d", "2024-05-10", order_id="passed on", keycode="M1"),
        order("a", "2024-06-30", order_id="last day of June's 30 days"),
    )
    assert set(credited(warehouse)) == {
        ("may", "a", "coded", "keycode"),
        ("june", "a", "matched", "matchback"),
        ("may", "a", "before June", "matchback"),
        ("may", "b", "unknown code", "matchback"),
        ("may", "d", "passed on", "keycode"),
        ("june", "a", "last day of June's 30 days", "matchback"),
    }


def test_replies_of_the_mailed_are_credited_to_their_campaign(warehouse: Connection) -> None:
    campaigns(warehouse)
    at = dt.datetime(2024, 5, 5)
    fill(
        warehouse,
        "crm.responses",
        {"campaign_id": "may", "customer_id": "b", "responded_at": at},
        {"campaign_id": "may", "customer_id": "c", "responded_at": at},  # held out
    )
    assert credited(warehouse) == [("may", "b", None, "keycode")]


def test_an_order_is_credited_once_on_random_data(warehouse: Connection) -> None:
    """Against a plain loop over mailings, newest first."""
    days = [dt.date(2024, 5, 1) + dt.timedelta(days=7 * week) for week in range(8)]
    fill(warehouse, "crm.campaigns", *({"campaign_id": f"w{i}", "starts_on": day} for i, day in enumerate(days)))
    contacts = [(f"w{i}", f"c{c}") for i in range(8) for c in range(20) if (i * 7 + c * 3) % 5 < 2]
    fill(
        warehouse,
        "crm.contacts",
        *({"campaign_id": w, "customer_id": c, "arm": "treatment"} for w, c in contacts),
    )
    orders = [(f"c{i % 20}", dt.date(2024, 4, 25) + dt.timedelta(days=i * 11 % 66), f"o{i}") for i in range(200)]
    fill(warehouse, "crm.orders", *(order(c, day.isoformat(), order_id=o) for c, day, o in orders))
    expected = {}
    for customer, day, order_id in orders:
        for i in reversed(range(8)):
            if (f"w{i}", customer) in contacts and days[i] <= day < days[i] + dt.timedelta(days=30):
                expected[order_id] = f"w{i}"
                break
    found = pl.DataFrame(credited(warehouse), orient="row", schema=["campaign", "customer", "order", "method"])
    assert found["order"].n_unique() == found.height
    assert dict(found.select("order", "campaign").iter_rows()) == expected
