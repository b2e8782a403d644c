"""What all tests share: property tests that neither depend on how busy a machine is nor on luck."""

from hypothesis import settings

# A time limit per example would make a busy machine a failure; a fixed seed makes a failure repeatable.
settings.register_profile("payoff", deadline=None, derandomize=True)
settings.load_profile("payoff")
