"""A dozen questions to the published warehouse, as a notebook: docs/queries.md says how to open it."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Mailworth")

with app.setup:
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo
    import polars as pl
    import polars.selectors as cs

    from segmentation.settings import load_settings


@app.cell(hide_code=True)
def _():
    mo.md("""
    # The warehouse, looked at

    It is opened read-only, so a night can publish meanwhile; run the notebook again to see the next one. Change what
    you like: every cell is SQL or a few lines of Python, and what depends on it follows.
    """)
    return


@app.cell
def _():
    # --warehouse FILE, or else the copy for analysts or the warehouse that mailworth.toml names
    places = load_settings().warehouse
    path = Path(mo.cli_args().get("warehouse") or places.analysts or places.path)
    mo.stop(not path.exists(), mo.md(f"**{path}: no warehouse here**; name one with `-- --warehouse FILE`"))
    warehouse = duckdb.connect(str(path), read_only=True)

    def ask(sql: str) -> pl.DataFrame:
        """The rows of a SELECT; money and counts as numbers that charts can draw."""
        rows = warehouse.sql(sql).pl()
        return rows.with_columns(pl.col(pl.Decimal).cast(pl.Float64))

    def show(rows: pl.DataFrame) -> mo.ui.table:
        """Rows as a table, figures with four digits that count."""
        short = rows.with_columns(cs.float().round_sig_figs(4))
        return mo.ui.table(short, selection=None, page_size=12, show_column_summaries=False)

    return ask, path, show


@app.cell
def _(ask, path):
    _night = ask("select max(as_of_date) as as_of_date, count(*) as runs from ops.runs where status = 'completed'")
    _known = ask("select count(*) as customers from crm.customers")
    _as_of, _runs = _night.row(0)
    mo.md(f"`{path}`: known up to **{_as_of}**, {_known.item():,} customers, {_runs} runs.")
    return


@app.cell
def _(ask):
    segments = ask("""
        select segment, count(*) as customers, sum(spend) as spend, avg(days_since_last_order) as days
        from segments.rfm
        group by segment
        order by spend desc
    """)
    mo.vstack(
        [
            mo.md("## Segments: how many, and what they have spent"),
            alt.Chart(segments)
            .mark_bar()
            .encode(
                x=alt.X("spend:Q", title="Spend to date"),
                y=alt.Y("segment:N", sort="-x", title=None),
                color=alt.Color("days:Q", title="Days since last order", scale=alt.Scale(scheme="blues", reverse=True)),
                tooltip=["segment", "customers", "spend", "days"],
            )
            .properties(width=480),
        ]
    )
    return (segments,)


@app.cell
def _(ask):
    migration = ask("""
        select from_segment, to_segment, customers
        from segments.migration
        where to_date = (select max(to_date) from segments.migration)
    """)
    _picture = (
        alt.Chart(migration)
        .mark_rect()
        .encode(
            x=alt.X("to_segment:N", title="to"),
            y=alt.Y("from_segment:N", title="from"),
            color=alt.Color("customers:Q", title="Customers", scale=alt.Scale(type="log", scheme="blues")),
            tooltip=["from_segment", "to_segment", "customers"],
        )
    )
    mo.vstack(
        [
            mo.md("## Who has moved since the date before"),
            mo.md("One night has no movement yet.") if migration.is_empty() else _picture,
        ]
    )
    return


@app.cell
def _(ask, show):
    clusters = ask("from segments.cluster_profiles order by customers desc")
    mo.vstack([mo.md("## Clusters: what tells them apart"), show(clusters)])
    return


@app.cell
def _(ask, show):
    portfolio = ask("""
        select portfolio, customers, margin_to_date, contact_cost_last_year, service_cost_last_year, expected_margin
        from segments.portfolio
        order by expected_margin desc
    """)
    mo.vstack([mo.md("## Portfolio: what to do with whom"), show(portfolio)])
    return


@app.cell
def _(ask):
    shares = ask("""
        with ranked as (
            select ntile(100) over (order by spend desc, customer_id) as percent, spend
            from segments.rfm
            where spend > 0
        )
        select percent, sum(sum(spend)) over (order by percent) / sum(sum(spend)) over () as share
        from ranked
        group by percent
        order by percent
    """)
    mo.vstack(
        [
            mo.md("## How few customers have brought how much"),
            alt.Chart(shares)
            .mark_line()
            .encode(
                x=alt.X("percent:Q", title="Customers, best first, %"),
                y=alt.Y("share:Q", title="Share of spend", axis=alt.Axis(format="%")),
                tooltip=["percent", alt.Tooltip("share:Q", format=".1%")],
            )
            .properties(width=480),
        ]
    )
    return


@app.cell
def _():
    metric = mo.ui.dropdown(["response", "conversion", "revenue", "margin"], value="revenue", label="Metric")
    design = mo.ui.multiselect(
        ["randomised", "observational"], value=["randomised", "observational"], label="Method (never added up)"
    )
    mo.vstack([mo.md("## What campaigns brought, a head, with 95 % intervals"), mo.hstack([metric, design])])
    return design, metric


@app.cell
def _(ask, design, metric):
    brought = ask("""
        select name, starts_on, metric, method, uplift, ci_low, ci_high, uplift.note
        from response.uplift
        join response.campaigns using (campaign_id)
        where dimension = 'all' and uplift is not null
    """).filter(pl.col("metric") == metric.value, pl.col("method").is_in(design.value))
    _base = alt.Chart(brought).encode(
        y=alt.Y("name:N", sort=alt.SortField("starts_on"), title=None),
        color=alt.Color("method:N", title="Method"),
        tooltip=["name", "starts_on", "uplift", "ci_low", "ci_high", "note"],
    )
    _zero = alt.Chart(pl.DataFrame({"x": [0]})).mark_rule(strokeDash=[4, 4]).encode(x="x:Q")
    (
        mo.md("No campaign has been measured so.")
        if brought.is_empty()
        else _zero
        + _base.mark_rule().encode(x=alt.X("ci_low:Q", title=f"Uplift of {metric.value}"), x2="ci_high:Q")
        + _base.mark_point(filled=True).encode(x="uplift:Q").properties(width=480)
    )
    return


@app.cell
def _(ask, show):
    by_segment = ask("""
        select campaign_id, level as segment, method, treated, control, uplift, ci_low, ci_high, p_adjusted
        from response.uplift
        where dimension = 'segment' and metric = 'conversion' and uplift is not null
        order by campaign_id desc, uplift desc
    """)
    mo.vstack([mo.md("## In which segments it worked"), show(by_segment)])
    return


@app.cell
def _(ask):
    payback = ask("""
        select basis, month, cumulative_net, cumulative_net_ci_low as low, cumulative_net_ci_high as high
        from response.payback
        where cumulative_net is not null
        order by basis, month
    """)
    _base = alt.Chart(payback).encode(x=alt.X("month:T", title=None), color="basis:N")
    mo.vstack(
        [
            mo.md("## Does the programme pay?"),
            mo.md("No costs or mailings of a programme are known.")
            if payback.is_empty()
            else _base.mark_area(opacity=0.2).encode(y=alt.Y("low:Q", title="Net so far"), y2="high:Q")
            + _base.mark_line(point=True).encode(y="cumulative_net:Q"),
        ]
    )
    return


@app.cell
def _():
    unit_cost = mo.ui.slider(0.1, 3.0, 0.05, value=0.55, label="Cost of a piece", show_value=True)
    margin_rate = mo.ui.slider(0.05, 0.8, 0.05, value=0.25, label="Margin of an order", show_value=True)
    uplift = mo.ui.slider(0, 10, 0.25, value=2, label="More who order, points", show_value=True)
    mo.vstack(
        [mo.md("## What if: which segments would a mailing pay in?"), mo.hstack([unit_cost, margin_rate, uplift])]
    )
    return margin_rate, unit_cost, uplift


@app.cell
def _(ask, margin_rate, segments, show, unit_cost, uplift):
    _orders = ask("""
        select segment, avg(amount) as mean_order
        from crm.orders
        join segments.rfm using (customer_id)
        where amount > 0
        group by segment
    """)
    what_if = (
        segments.join(_orders, on="segment")
        .with_columns(margin=pl.col("mean_order") * margin_rate.value)
        .with_columns(
            break_even=100 * unit_cost.value / pl.col("margin"),
            profit=pl.col("customers") * (uplift.value / 100 * pl.col("margin") - unit_cost.value),
        )
        .select("segment", "customers", "mean_order", "break_even", "profit")
        .sort("profit", descending=True)
    )
    mo.vstack(
        [
            mo.md(f"""
            With {uplift.value:g} points more who order, a piece for everybody would bring
            **{what_if["profit"].sum():,.0f}** after its cost; for the segments where it pays alone,
            **{what_if.filter(pl.col("profit") > 0)["profit"].sum():,.0f}**. The uplift is your assumption: measure it.
            """),
            show(what_if),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
