"""What a night and a measurement show: loads, segments, what campaigns brought."""

import polars as pl

from segmentation.digests.pieces import Piece, Table, Text, tell_answer, write
from segmentation.reporting.glance import answer_does_it_pay, answer_last_campaign, show_estimate, show_response_rate
from segmentation.reporting.words import Words

MOST_CAMPAIGNS = 20  # in the table, the last ones


def show_loads(loads: pl.DataFrame, words: Words) -> list[Piece]:
    """What was read, by table; nothing where nothing was.

    Args:
        loads: rows of sql/report_loads.sql.
    """
    rows = [
        {
            "Table": row["table_name"],
            "Read": words.count(row["rows_read"]),
            "New": words.count(row["rows_loaded"]),
            "Known": words.count(row["rows_unchanged"]),
            "Rejected": words.count(row["rows_rejected"]),
        }
        for row in loads.filter(pl.col("rows_read") > 0).iter_rows(named=True)
    ]
    return [Table("loads", "Rows read from the source", rows)] if rows else []


def show_segments(rfm: pl.DataFrame, words: Words) -> list[Piece]:
    """Customers and spend by segment, most spend first.

    Args:
        rfm: rows of sql/report_rfm.sql; `spend` is a decimal.
    """
    if rfm.is_empty():
        return []
    spend = pl.sum("spend").cast(pl.Float64)
    segments = (
        rfm.group_by("segment").agg(pl.sum("customers"), spend).sort("spend", "segment", descending=[True, False])
    )
    everybody, write_money = segments["customers"].sum(), words.rounded_money(*segments["spend"])
    rows = [
        {
            "Segment": row["segment"],
            "Customers": words.count(row["customers"]),
            "Share": words.percent(row["customers"] / everybody),
            "Spend": write_money(row["spend"]),
        }
        for row in segments.iter_rows(named=True)
    ]
    return [Table("segments", "Segments of customers", rows)]


def show_campaigns(campaigns: pl.DataFrame, words: Words, only: str | None = None) -> list[Piece]:
    """The verdicts on campaigns, in words and as a table.

    Args:
        campaigns: rows of sql/report_campaigns.sql.
        only: the campaign that the run was about; None for all.
    """
    chosen = campaigns.filter(pl.col("campaign_id") == only) if only else campaigns
    answers = [answer_last_campaign(chosen, words)] + ([] if only else [answer_does_it_pay(campaigns, words)])
    pieces: list[Piece] = [Text("verdicts", "What campaigns brought", "\n\n".join(map(tell_answer, answers)))]
    rows = [
        {
            "Campaign": row["name"],
            "Begins": str(row["starts_on"]),
            "Mailed": words.count(row["mailed"]),
            "Response": write(show_response_rate(row, words)),
            "Cost": write(words.show(row["cost"], words.rounded_money())),
            "Profit": write(show_estimate(row, "profit", words, row["profit_reason"])),
            "Pays": "still running" if row["provisional"] else row["pays"] or "not known",
            "Method": row["design"],
        }
        for row in chosen.sort("starts_on", "campaign_id", descending=[True, False]).head(MOST_CAMPAIGNS).to_dicts()
    ]
    return [*pieces, Table("campaigns", f"Campaigns, the last {len(rows)}", rows)] if rows else pieces
