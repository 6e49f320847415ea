"""Rasa components of Wijkwijzer: sentence encoders, word counts and the classifier that averages them.

They run inside Rasa's own process (Python 3.10) and are named `nlu.components.<module>.<Class>` in
`config.yml`. Nothing else in this repository may import them.
"""
