"""The hand-in in all its forms: Markdown, HTML, CSV and JSON."""
