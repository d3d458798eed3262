"""Figures worked out from several rows for Part I."""
