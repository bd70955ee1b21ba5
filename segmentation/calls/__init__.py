"""The call list of sales: who is most likely to buy now, and who calls whom."""
