"""What the server and the training program agree on: options, events, errors. No torch, no Streamlit.

explorer/training/__init__.py describes all events and commands, and the files of a run folder.
"""
