"""The prefixes of the server's own routes, relative to the app's root."""

RUNS = "explorer-runs"
CLASSROOM = "explorer-classroom"
UPLOADS = "explorer-uploads"
IMAGES = "explorer-images"

SECRET = "X-Explorer-Secret"  # the header in which a page shows that it may upload
