"""One file a probe; each has a PROBE and finds it out by trying, not by guessing."""
