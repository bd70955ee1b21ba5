"""Segments, selection, hold-outs and measurement for direct mail: pure functions and one door to the warehouse."""

__version__ = "0.1.0"
