"""Bias in pairs: one text with two endings of one thing, asked of a classifier, and what the differences show."""
