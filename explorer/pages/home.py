"""Home: what there is to find out."""

from explorer import frame
from explorer.settings import Settings

with frame.page(Settings("home")) as page:
    pass
