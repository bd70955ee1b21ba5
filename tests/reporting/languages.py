"""The words that tests of figures say them with."""

from segmentation.reporting.words import choose_words

ENGLISH, DOLLARS = choose_words("en"), choose_words("en", "$")
POLISH = choose_words("pl", "zł")
