"""What explains an answer: a pane each, shown in the window of `screens/why.py`."""
