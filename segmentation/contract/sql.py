"""Names and values as SQL text."""


def quote(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def same_values(left: str, right: str, columns: tuple[str, ...]) -> str:
    """Join condition: equal in all `columns`, two missing values being equal."""
    return " and ".join(f"{left}.{quote(name)} is not distinct from {right}.{quote(name)}" for name in columns)
