"""Where do I start?

Load a table of your own or take a sample. Every score that you will see was measured on rows that
the model was not fitted on.
"""

from components import home, state
from components.upload import uploader

TITLE = "Home"
ICON = ":material/home:"
ORDER = 0

home.going_on(state.current())
uploader()
home.sample_cards()
home.recent_runs()
