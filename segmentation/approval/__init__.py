"""The life of a plan: drafted, then approved or rejected, then exported."""
