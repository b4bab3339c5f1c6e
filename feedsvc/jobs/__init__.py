"""The door of the clock: what runs when, in the one scheduler process."""
