"""The base of all pages: settings in the URL, texts, and the format of numbers."""
