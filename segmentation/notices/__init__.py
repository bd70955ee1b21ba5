"""What people are told of nights: failures, warnings, nights that did not start, and that all is well again."""
