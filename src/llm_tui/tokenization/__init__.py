"""Comparing tokenizers: words, pieces, measures."""
