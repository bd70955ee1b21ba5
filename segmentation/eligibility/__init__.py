"""Who may be contacted by a channel: consent, lists, contact pressure, addresses, households, duplicates."""
