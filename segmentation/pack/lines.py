"""The lines of the files as one query: who is mailed, and the seeds of each cell among them."""

from collections.abc import Mapping, Sequence

import polars as pl

from segmentation.contract.sql import literal, quote
from segmentation.errors import PackError
from segmentation.pack.layout import ORDERS
from segmentation.settings.pack import KEY, PackSettings

OF_THE_PLAN = (KEY, "plan_id", "arm")  # columns of targeting.selection that are not for the mail house


def lines_query(columns: Sequence[str], sources: Mapping[str, str]) -> str:
    """SELECT of one row per line: `sort_*`, `is_seed` and the columns as `column_0`, `column_1` ...

    It reads targeting.selection, crm.customers, pack_cells and pack_seeds. A seed lies in each cell, with its key code,
    and by rank at a place that a hash of plan, cell and seed gives.

    Args:
        sources: see `layout.choose_columns`; columns that neither relation has are left out.
    """
    taken = [(number, name, sources[name]) for number, name in enumerate(columns) if name in sources]
    mailed = "".join(f", {source}.{quote(name)}::varchar as column_{number}" for number, name, source in taken)
    seeds = "".join(
        f", {'place' if (source, name) == ('selection', 'rank') else f'{source}.{quote(name)}'}::varchar "
        f"as column_{number}"
        for number, name, source in taken
    )
    place = (
        "best_rank + ('0x' || left(md5($plan_id || '|' || coalesce(cell, '') || '|' || customers.customer_id), 8))"
        "::bigint % (last_rank - best_rank + 1)"
    )
    return f"""
        select selection.cell as sort_cell, selection.rank as sort_rank,
            coalesce(customers.country, $default_country) as sort_country, customers.postcode as sort_postcode,
            customers.customer_id as sort_id, false as is_seed{mailed}
        from targeting.selection as selection join crm.customers as customers using (customer_id)
        where selection.plan_id = $plan_id and selection.arm = 'treatment'
        union all
        select cell, place, coalesce(customers.country, $default_country), customers.postcode,
            customers.customer_id, true{seeds}
        from pack_cells, pack_seeds as customers, lateral (select {place} as place)
    """


def file_query(settings: PackSettings, *, of_cell: bool) -> str:
    """SELECT of the lines of one file in order, with the names that files have.

    It reads pack_lines; bound parameter `$cell` if it is `of_cell`.
    """
    order = ORDERS[settings.sort]
    numbered = f"row_number() over (order by {order})"
    values = ", ".join(
        f"{numbered if name == 'sequence' else f'column_{number}'} as {quote(settings.labels.get(name, name))}"
        for number, name in enumerate(settings.columns)
    )
    where = "where sort_cell is not distinct from $cell" if of_cell else ""
    return f"select {values} from pack_lines {where} order by {order}"


def longest_query(columns: Sequence[str], sources: Mapping[str, str]) -> str:
    """SELECT of `name`, `longest`: characters of the longest value of each column of pack_lines."""
    return " union all ".join(
        f"select {literal(name)} as name, coalesce(max(length(trim(column_{number}))), 0) as longest from pack_lines"
        for number, name in enumerate(columns)
        if name in sources
    )


def addresses_query(region: str | None, *, planned: bool) -> str:
    """SELECT of `customer_id`, `address_line`, `postcode`, `city`, `country`, `region` of customers.

    Args:
        region: column of crm.customers with the state or region.
        planned: only those to be mailed in `$plan_id`.
    """
    of_plan = (
        " where customer_id in (select customer_id from targeting.selection "
        "where plan_id = $plan_id and arm = 'treatment')"
    )
    return (
        "select customer_id, address_line, postcode, city, country, "
        f"{quote(region) if region else 'null'}::varchar as region from crm.customers{of_plan if planned else ''}"
    )


def seed_rows(seeds: Sequence[Mapping[str, str]], columns: Sequence[str]) -> pl.DataFrame:
    """One row per seed, with every one of `columns`; NULL where the seed has none.

    Raises:
        PackError: a seed has no id or another's, or has a column that customers do not have.
    """
    for number, seed in enumerate(seeds, 1):
        if unknown := [name for name in seed if name not in columns]:
            raise PackError(
                f"pack.seeds, seed {number}: customers have no column {', '.join(unknown)}; there are: "
                f"{', '.join(columns)}"
            )
        if not seed.get(KEY):
            raise PackError(f"pack.seeds, seed {number}: {KEY} is missing; give each seed one of its own")
    ids = [seed[KEY] for seed in seeds]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise PackError(f"pack.seeds: {KEY} {', '.join(twice)} is there twice; give each seed one of its own")
    rows = [tuple(seed.get(name) for name in columns) for seed in seeds]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").sort(KEY)
