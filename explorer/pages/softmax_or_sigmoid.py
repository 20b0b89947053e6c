"""Home: what there is to find out."""

from explorer import frame
from explorer.settings import Settings

with frame.page(Settings("softmax_or_sigmoid")) as page:
    pass
