"""What results are told by: the whole, cells, segments, clusters, and attributes of customers."""

import polars as pl

DIMENSIONS = ("all", "cell", "segment", "cluster")
MOST_LEVELS = 20  # an attribute with more is no dimension
FEWEST_OF_LEVEL = 20  # customers; an attribute's value that fewer have could tell who they are


def check_dimensions(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names`, unless one is given twice or is there always.

    Raises:
        ValueError: it is.
    """
    for position, name in enumerate(names):
        if name in DIMENSIONS:
            raise ValueError(f"results are always told by {name}; an attribute of that name needs another one")
        if name in names[:position]:
            raise ValueError(f"{name} is given twice")
    return names


def attribute_column(name: str) -> str:
    """Where frames of customers have the attribute `name`, which may be called as any other column."""
    return f"attribute {name}"


def usable_attributes(customers: pl.DataFrame, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `names` that have at most MOST_LEVELS values among the customers."""
    return tuple(name for name in names if customers[attribute_column(name)].drop_nulls().n_unique() <= MOST_LEVELS)


def add_level(customers: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """The customers with their `level` of `dimension`; without those whose level is not known.

    A control customer without a cell is control for every cell. Values of an attribute that fewer than FEWEST_OF_LEVEL
    customers have are left out.
    """
    if dimension == "all":
        return customers.with_columns(pl.lit("all").alias("level"))
    column = dimension if dimension in DIMENSIONS else attribute_column(dimension)
    levels = customers.with_columns(pl.col(column).alias("level"))
    if dimension == "cell":
        shared = levels.filter(serves_all_cells()).drop("level")
        cells = levels.select("level").drop_nulls().unique().sort("level")
        levels = pl.concat(
            [levels, shared.join(cells, how="cross", maintain_order="left_right").select(levels.columns)]
        )
    known = levels.filter(pl.col("level").is_not_null())
    if dimension in DIMENSIONS:
        return known
    size = pl.col("customers").sum() if "customers" in known.columns else pl.len()
    return known.filter(size.over("level") >= FEWEST_OF_LEVEL)


def serves_all_cells() -> pl.Expr:
    """Whether a customer is control of no cell, so of every one."""
    return (pl.col("arm") == "control") & pl.col("cell").is_null()
