"""Fault campaigns: what the program does when it is killed, starved, or handed damaged and hostile files."""
