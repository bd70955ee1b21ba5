"""Segments over time: who was where, flows between segments, drift."""
