"""The only door to DuckDB: connections, loading, publishing."""
