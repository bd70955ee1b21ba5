"""Campaigns against earlier ones, their trend, and what a planned hold-out can show."""
