"""What the rest of the app builds on: settings in the URL, texts, and how a number is written."""
