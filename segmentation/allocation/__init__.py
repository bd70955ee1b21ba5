"""How many pieces, and which offer to whom: the most expected profit within budget, capacities and segments' limits."""
