"""The stage: the script that Streamlit runs, what every page shares, and how a section is laid out on the screen."""
