"""The Prefect side: flows and tasks around the pure package `segmentation`, and the command line that starts them."""
