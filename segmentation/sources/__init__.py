"""Reading what a user's systems deliver."""
