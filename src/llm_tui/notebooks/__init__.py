"""Old course notebooks: what in them no longer works on today's torch and transformers, and a copy in which it does.

A notebook is read as text and as a syntax tree. Nothing in it is ever run.

**How one adds what no longer works.** One row in a module of `rows`: what it is called, since when and why it fails,
and how it is mended. What finds it is one of the functions of `find.py`; code that a mend needs is a text in `helpers`.
"""
