"""Taking out for good what a person wants gone, and keeping it out."""
