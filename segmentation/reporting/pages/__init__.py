"""The pages of one date, each an entry of a registry: what it is called, what it shows and from which figures."""
