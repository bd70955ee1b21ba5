"""Who is mailed: exclusions, ranking, budget, hold-out."""
