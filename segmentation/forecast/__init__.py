"""Weekly sales of the coming 12 weeks by segment, and what the planned mailing adds."""
