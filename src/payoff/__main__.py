"""``python -m payoff`` is the command ``payoff``."""

from payoff.cli import main

if __name__ == "__main__":
    main()
