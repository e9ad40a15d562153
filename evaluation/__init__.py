"""Judges features: retrieval, nearest neighbours, localisation, and the report."""
