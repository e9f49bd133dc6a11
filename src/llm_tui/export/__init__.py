"""Tables and reports to Markdown (GFM), CSV and JSON."""
