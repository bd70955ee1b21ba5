"""The only door to DuckDB: connections, tables, publishing, versions."""
