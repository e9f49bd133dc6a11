"""The model cache: what it holds, fetching, and the way without a hub."""
