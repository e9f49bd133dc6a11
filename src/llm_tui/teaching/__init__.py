"""How the teaching models are made: tiny models trained by this project, and how good they are.

Only `python -m llm_tui.teaching` comes here. What the program needs of them is in `foundation/teaching.py`.
"""
