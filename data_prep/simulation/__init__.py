"""Recordings that nobody had to make: sources, rooms and objects, physically propagated to the array."""
