"""What is credited to campaigns by key code, reply and response window."""
