"""Text to meaning: safety phrases, button labels and synonyms, the Rasa client."""
