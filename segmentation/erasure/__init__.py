"""Take a customer out of everything Mailworth has written, and keep them out."""
