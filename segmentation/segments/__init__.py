"""RFM scores, named segments and clusters."""
