"""What a user's systems deliver: found, staged as it came, checked, loaded."""
