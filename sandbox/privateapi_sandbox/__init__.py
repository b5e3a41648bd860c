"""A sandbox AWS: moto in process, under a thin layer that takes AWS's time and refuses what AWS refuses."""
