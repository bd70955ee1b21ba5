"""Digests: what a run shows of its results, as short texts, tables and pictures."""
