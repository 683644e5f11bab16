"""Draws the recording of Fixtures/demo: a street with parked cars, seen from a patrol vehicle."""
