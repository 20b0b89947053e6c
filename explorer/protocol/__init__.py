"""What the server and the training program agree on: options, events, errors. No torch, no Streamlit."""
