"""``python -m monitor`` is ``ecoute``."""

from monitor.cli import main

main()
