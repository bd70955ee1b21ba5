"""Made-up mailers of any size: customers, orders, returns, campaigns with hold-outs, and their contacts."""
