"""The simulated services: every Service class in here is found by itself."""
