"""The launcher behind ./run. Standard library only: it runs before anything is installed."""
