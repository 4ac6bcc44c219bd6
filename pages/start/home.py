"""Where do I start?

Load a table of your own or take a sample. Every score that you will see was measured on rows that
the model was not fitted on.
"""

from components import home, large, room, state
from components.upload import uploader

TITLE = "Home"
ICON = ":material/home:"
ORDER = 0

home.going_on(state.current())
uploader()
large.from_folder()
home.sample_cards()
home.recent_runs()
room.room()
