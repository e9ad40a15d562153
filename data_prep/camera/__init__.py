"""The acoustic camera: a page on this machine that shows and plays where sound comes from."""
