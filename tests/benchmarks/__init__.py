"""What is fast, in figures: `make bench`. Ratios and medians of several runs; never a test."""
