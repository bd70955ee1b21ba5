"""A marketer in a browser: `make test-ui`."""
