"""llm-tui: the practical part of an introductory LLM course, in the terminal."""

__version__ = "0.1.0"
