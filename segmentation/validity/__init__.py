"""Whether a hold-out was one: mailed anyway, mailed by others, in both arms, at home with the mailed."""
