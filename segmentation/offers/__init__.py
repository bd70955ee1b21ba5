"""Best offers: what each customer is most likely to buy next."""
