"""What customers will bring, what they have brought and cost, and what to do with them."""
