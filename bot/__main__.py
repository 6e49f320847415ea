"""`python -m bot` is `wijkwijzer`."""

from bot.cli import main

main()
