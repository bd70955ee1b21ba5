"""The way it is mostly done: a script with pandas and scikit-learn, all rows in memory.

Parquet is read; rows without what is needed, repeated orders and orders of unknown customers are dropped; recency,
frequency and spend by group-by, scores by qcut, k-means on the three; rates of the arms of every campaign by group-by.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

from benchmarks.measuring import Rows, measured
from benchmarks.population.make import NIGHTS

WINDOW = 45  # days
CLUSTERS = 5


def run(source: Path, folder: Path) -> Rows:
    """Do it with the mailer at `source/before`; nothing is written."""
    rows: Rows = []
    day, files = NIGHTS["before"], source / "before"
    with measured(rows, "read"):
        names = ("customers", "orders", "campaigns", "contacts")
        customers, orders, campaigns, contacts = (pd.read_parquet(files / f"{name}.parquet") for name in names)
    with measured(rows, "clean"):
        orders = clean(orders, customers, day)
    with measured(rows, "rfm"):
        scored = score(orders, day)
    with measured(rows, "k-means"):
        scored["cluster"] = cluster(scored)
    with measured(rows, "uplift"):
        uplift(orders, campaigns, contacts)
    return rows


def clean(orders: pd.DataFrame, customers: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Orders that can be used, each once."""
    orders = orders.dropna(subset=["order_id", "customer_id", "ordered_at", "amount"]).drop_duplicates("order_id")
    known = orders["customer_id"].isin(customers["customer_id"])
    amounts = orders["amount"].astype(float)
    return orders[known & (orders["ordered_at"] < pd.Timestamp(day) + pd.Timedelta(days=1))].assign(amount=amounts)


def score(orders: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Recency, frequency and spend of customers, with quintiles."""
    scored = orders.groupby("customer_id").agg(
        last_order=("ordered_at", "max"), frequency=("order_id", "size"), spend=("amount", "sum")
    )
    scored["recency"] = (pd.Timestamp(day) - scored["last_order"]).dt.days
    for name, labels in (("recency", [5, 4, 3, 2, 1]), ("frequency", [1, 2, 3, 4, 5]), ("spend", [1, 2, 3, 4, 5])):
        scored[f"{name}_score"] = pd.qcut(scored[name].rank(method="first"), 5, labels=labels).astype(int)
    return scored


def cluster(scored: pd.DataFrame) -> np.ndarray:
    """Labels of k-means on the logarithms, ten starts."""
    points = StandardScaler().fit_transform(np.log1p(scored[["recency", "frequency", "spend"]].clip(lower=0)))
    return KMeans(CLUSTERS, n_init=10, random_state=0).fit_predict(points)


def uplift(orders: pd.DataFrame, campaigns: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Response and spend of the arms of every campaign, and their difference."""
    sent = contacts.merge(campaigns[["campaign_id", "starts_on"]], on="campaign_id")
    sent["starts_on"] = pd.to_datetime(sent["starts_on"])
    since = sent["starts_on"].min()
    near = sent.merge(
        orders.loc[orders["ordered_at"] >= since, ["customer_id", "ordered_at", "amount"]], on="customer_id"
    )
    inside = near["ordered_at"].between(near["starts_on"], near["starts_on"] + pd.Timedelta(days=WINDOW))
    spent = near[inside].groupby(["campaign_id", "customer_id"])["amount"].sum().rename("spent").reset_index()
    told = sent.merge(spent, on=["campaign_id", "customer_id"], how="left").fillna({"spent": 0.0})
    arms = told.assign(buys=told["spent"] > 0).groupby(["campaign_id", "arm"])[["buys", "spent"]].mean().unstack("arm")
    return arms.xs("treatment", axis=1, level="arm") - arms.xs("control", axis=1, level="arm")
