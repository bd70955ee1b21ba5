"""Whom it pays to mail: models of response, value and uplift, learnt from earlier mailings and judged against rules."""
