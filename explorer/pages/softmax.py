"""Softmax loss (E4, E5, E6, E11): the board, and the surface of the loss over two of its logits."""

import streamlit as st

from explorer import frame
from explorer.classes import CIFAR10
from explorer.components.logit_board import logit_board
from explorer.settings import Number, Numbers, Settings, Whole

SETTINGS = Settings(
    "softmax",
    z=Numbers((1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3), -1000, 1000),
    y=Whole(3, 0, 9),
    T=Number(1.0, 0.05, 20.0),
)

with frame.page(SETTINGS) as (words, values):
    classes = [words(f"classes.{name}") for name in CIFAR10]
    board = logit_board(SETTINGS, words, classes)
    st.write(values)
