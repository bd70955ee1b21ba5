"""What the choice of a model finds on Hillstrom's experiment, beside simple rules and other libraries.

Usage: python -m benchmarks.uplift run RESULTS MAIL FIRST LAST
       python -m benchmarks.uplift table RESULTS ...

Each split trains on half of each arm. The choice is made inside that half, by cross-validation; candidates and rules
are measured on the other half, as is the choice. One line of JSON a split and model is added to RESULTS; `table` also
takes what benchmarks/uplift_peers.py wrote. The columns are those of the file, without forms of them.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from benchmarks.hillstrom import load, split
from segmentation.prediction.candidates import uplift_candidates
from segmentation.prediction.choice import choose, judge
from segmentation.prediction.folds import number_folds
from segmentation.prediction.qini import Array, normalised_qini

CELL = ("recency", "history")
CHOICE, EVERYBODY, RANDOM = "Mailworth's choice", "everybody mailed", "at random"
MARGIN, COST = 0.3, 0.1  # assumed: of spend, and money a piece
FOLDS = 5


def measure(results: Path, mail: str, first: int, last: int) -> None:
    """Add the lines of some splits."""
    names, X, treated, visit, spend = load(mail)
    for seed in range(first, last):
        train = split(treated, seed)
        test, weight = ~train, np.ones(int(train.sum()))
        start = time.perf_counter()
        fold = number_folds(treated[train], FOLDS, seed)
        judged = judge(
            uplift_candidates(names, CELL, seed=seed),
            X[train],
            visit[train],
            treated[train],
            weight=weight,
            fold=fold,
            seed=seed,
        )
        choice = choose(judged)
        seconds = {}
        scores = {}
        for found in judged:
            began = time.perf_counter()
            learner = found.candidate.make().fit(X[train], visit[train], treated[train])
            scores[found.candidate.name] = learner.predict(X[test])
            seconds[found.candidate.name] = time.perf_counter() - began
        chosen = choice.chosen.candidate.name
        scores[CHOICE] = scores[chosen]
        seconds[CHOICE] = time.perf_counter() - start - sum(seconds.values()) + seconds[chosen]
        for name, score in scores.items():
            line = {
                "mail": mail,
                "seed": seed,
                "model": name,
                "qini": normalised_qini(visit[test], treated[test], score),
                "seconds": seconds[name],
                "chosen": chosen if name == CHOICE else None,
                "profit": profit_of_half(spend[test], treated[test], score),
            }
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def profit_of_half(spend: Array, treated: Array, score: Array) -> float:
    """Profit per 1,000 customers of the list where the better half by `score` is mailed; of the tied a random part."""
    order = np.argsort(-score, kind="stable")
    weight, half = np.zeros(len(score)), len(score) / 2
    edge = score[order][int(half)]
    above, tied = score > edge, score == edge
    weight[above], weight[tied] = 1.0, (half - above.sum()) / tied.sum()
    means = [float(np.average(spend[arm], weights=weight[arm])) for arm in (treated, ~treated)]
    return 1000 * 0.5 * ((means[0] - means[1]) * MARGIN - COST)


def profit_of_all(mail: str, seed: int) -> float:
    """Profit per 1,000 customers of the list where everybody is mailed."""
    _, _, treated, _, spend = load(mail)
    test = ~split(treated, seed)
    difference = spend[test & treated].mean() - spend[test & ~treated].mean()
    return 1000 * float(difference * MARGIN - COST)


def tabulate(files: list[Path]) -> str:
    """The table of the README, best mean first."""
    lines = pl.concat([pl.read_ndjson(file, infer_schema_length=None) for file in files], how="diagonal")
    text = []
    for mail in ("womens", "mens"):
        of_mail = lines.filter(pl.col("mail") == mail)
        rows = (
            of_mail.group_by("model")
            .agg(
                pl.col("qini").mean(),
                pl.col("qini").std().alias("sd"),
                pl.col("seconds").mean(),
                pl.len(),
                pl.col("profit").mean(),
            )
            .sort("qini", "model", descending=[True, False])
        )
        text.append(
            f"\n{mail}: {rows['len'].max()} splits\n\n| model | Qini | sd | seconds | profit |\n|---|---|---|---|---|"
        )
        for name, qini, sd, seconds, _, profit in rows.iter_rows():
            money = "" if profit is None else f"{profit:.1f}"
            text.append(f"| {name} | {qini:.4f} | {sd:.4f} | {seconds:.2f} | {money} |")
        everybody = np.mean([profit_of_all(mail, seed) for seed in sorted(of_mail["seed"].unique())])
        chosen = of_mail.filter(pl.col("chosen").is_not_null())["chosen"].value_counts(sort=True)
        text.append(f"\nprofit of mailing everybody: {everybody:.1f}; chosen: {dict(chosen.iter_rows())}")
    return "\n".join(text)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run", results, mail, first, last]:
            with threadpool_limits(limits=1):
                measure(Path(results), mail, int(first), int(last))
        case ["table", *files]:
            sys.stdout.write(tabulate([Path(file) for file in files]) + "\n")
        case _:
            sys.exit(__doc__)
