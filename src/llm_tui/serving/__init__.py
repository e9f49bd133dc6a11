"""Models behind an OpenAI-compatible server: their addresses, the servers that a person has named, and asking one."""
