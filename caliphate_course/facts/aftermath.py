"""Figures worked out from several rows for Part III and IV."""
