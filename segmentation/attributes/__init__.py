"""How segments differ by what is known of customers beyond their orders."""
