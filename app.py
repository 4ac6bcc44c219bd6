"""Outfold in a browser: the frame around the pages, and nothing else.

The server imports this file once for ``app``; each visitor's session runs it as a script.
"""

from pathlib import Path

import streamlit as st

if __name__ == "__main__":
    from components import navigation, server, shell

    st.set_page_config(page_icon=str(navigation.ROOT / "components" / "mark.svg"), layout="wide")
    page, header = navigation.menu()
    shell.frame(header)
    with shell.boundary():
        page.run()
    server.warm()
else:
    from components import server

    server.prepare()
    app = st.App(Path(__file__))
