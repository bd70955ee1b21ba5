"""The command `mailworth`. Prefect and scikit-learn are imported only by the commands that need them."""
