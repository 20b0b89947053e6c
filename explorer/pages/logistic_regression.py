"""Home: what there is to find out."""

from explorer import frame
from explorer.settings import Settings

with frame.page(Settings("logistic_regression")) as page:
    pass
