"""What residents say: training data, Rasa's components, and how Rasa is started."""
