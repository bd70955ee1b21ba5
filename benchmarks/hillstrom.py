"""Hillstrom's experiment as arrays, and its splits; needs neither Mailworth nor its peers."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

FILE = Path(__file__).parent.parent / "data" / "hillstrom" / "hillstrom.parquet"
MAILS = {"womens": "Womens E-Mail", "mens": "Mens E-Mail"}
CATEGORIES = ("zip_code", "channel")


def load(mail: str) -> tuple[list[str], Any, Any, Any, Any]:
    """Names of the columns, columns, who was mailed, who visited, and what each spent; one mail against none."""
    rows = pl.read_parquet(FILE).filter(pl.col("segment").is_in([MAILS[mail], "No E-Mail"]))
    dummies = [
        (pl.col(name) == value).cast(pl.Int8).alias(f"{name}={value}")
        for name in CATEGORIES
        for value in sorted(rows[name].unique())[1:]
    ]
    columns = rows.select("recency", "history", "mens", "womens", "newbie", *dummies)
    treated = (rows["segment"] == MAILS[mail]).to_numpy()
    visit, spend = (rows[name].to_numpy().astype(float) for name in ("visit", "spend"))
    return columns.columns, columns.to_numpy().astype(float), treated, visit, spend


def split(treated: Any, seed: int) -> Any:
    """True for the half of each arm that is trained on."""
    place, train = np.random.default_rng(seed).random(len(treated)), np.zeros(len(treated), dtype=bool)
    for arm in (treated, ~treated):
        members = np.flatnonzero(arm)
        train[members[np.argsort(place[members])[: len(members) // 2]]] = True
    return train
