"""Plain mode: the whole course line by line, question and answer, for screen readers, serial lines and transcripts.

It has no screen and asks nothing of a terminal. What it does, it does by the exercises, tasks and jobs that the
screens and the command line have.
"""
