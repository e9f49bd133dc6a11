"""How fast the program is, beside something that one knows: ratios taken in one run, never a time alone."""
