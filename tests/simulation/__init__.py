"""A month of Wijkwijzer in seconds: invented people, the real functions of `actions`, a real database."""
