"""Segments, selection, hold-outs and measurement for direct mail: pure functions and one door to the warehouse."""

import os

__version__ = "0.2.0"

# DuckDB pads compressed text with whatever was in the memory before, such as a piece of somebody's name. It reads this
# when it is loaded, and then is given memory that is cleared.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "zero:true")
