"""The nightly report: from the warehouse to one page that needs nothing else."""
