"""Labelled texts from outside: a file of anybody's read right, or refused with the line."""
