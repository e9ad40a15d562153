"""Durations as people say them."""


def format_duration(seconds: float) -> str:
    """Return "45 s", "12 min" or "2 h 5 min"; rounded up to whole minutes above 90 s."""
    if seconds <= 90:
        return f"{seconds:.0f} s"
    minutes = -(-int(seconds) // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
