"""The full-text index: how it is filled, asked, explained and made anew."""
