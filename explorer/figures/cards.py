"""The small pictures on the home page's cards, as SVG: accent and neutral colours are the page's."""

import html

import numpy as np

from explorer.figures.surface import MARK, POINT, RING
from explorer.figures.theme import SEQUENTIAL
from explorer.maths import losses
from explorer.maths.surfaces import simplex_xy

WIDTH, HEIGHT = 320, 150
ACCENT = "var(--stage-accent)"
FAINT = 0.16  # how much of the text's colour a track or a line has


def svg(shapes: list[str], alt: str) -> str:
    """Return a picture made of `shapes`; alt: what it shows, for those who cannot see it."""
    label = html.escape(alt, quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(shapes)}</svg>'


def relief(heights) -> list[str]:
    """Draw a surface, seen from a corner: heights (n, n) from 0 to 1, the first row and column at the back."""
    n = len(heights) - 1
    across, down, up = 140 / n, 50 / n, 75
    i, j = np.indices(np.shape(heights))
    x, y = WIDTH / 2 + across * (j - i), 62 + down * (i + j) - up * np.asarray(heights)
    shapes = []
    for row, column in sorted(np.ndindex(n, n), key=sum):  # what is nearer is drawn later
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        height = np.mean([heights[corner] for corner in corners])
        shapes.append(_polygon([(x[corner], y[corner]) for corner in corners], _tint(height)))
    return shapes


def board(logits, probabilities, colours: list[str]) -> list[str]:
    """Draw a slider and a bar for each class: logits from −5 to 5, probabilities from 0 to 1."""
    step = HEIGHT / len(logits)
    shapes = []
    for k, (logit, probability, colour) in enumerate(zip(logits, probabilities, colours, strict=True)):
        y = step * (k + 0.5)
        shapes.append(_rect(20, y - 1, 130, 2, "currentColor", FAINT))
        shapes.append(f'<circle cx="{20 + 13 * (logit + 5):.1f}" cy="{y:.1f}" r="{0.36 * step:.1f}" fill="{colour}"/>')
        shapes.append(_rect(175, y - 0.3 * step, 125, 0.6 * step, "currentColor", FAINT / 2))
        shapes.append(_rect(175, y - 0.3 * step, 125 * probability, 0.6 * step, colour))
    return shapes


def two_bars(groups: dict[str, tuple], colours: list[str]) -> list[str]:
    """Draw named groups of two probabilities as upright bars, below a line at 1."""
    shapes = ['<path d="M20 18H300" stroke="currentColor" stroke-opacity="0.4" stroke-dasharray="4 4"/>']
    for group, (name, values) in enumerate(groups.items()):
        middle = WIDTH * (1 + 2 * group) / 4
        for side, value, colour in zip((-1, 1), values, colours, strict=True):
            tall = 106 * value
            shapes.append(_rect(middle + 27 * side - 21, 124 - tall, 42, tall, colour))
        shapes.append(_text(middle, 143, name))
    return shapes


def triangle(p, steepest: float, cells: int = 13) -> list[str]:
    """Draw how far each q in the triangle of three classes is from `p`: D_KL(p‖q) in tints up to `steepest` nats."""
    p = np.asarray(p, np.float64)
    shapes = []
    for a, b in np.ndindex(cells, cells):
        for corners in ([(a, b), (a + 1, b), (a, b + 1)], [(a + 1, b + 1), (a, b + 1), (a + 1, b)]):
            if max(map(sum, corners)) > cells:
                continue
            q = np.array([(i, j, cells - i - j) for i, j in corners]) / cells
            far = losses.kl_divergence(p, q.mean(axis=0)) / steepest
            shapes.append(_polygon(_in_triangle(q), _tint(min(1.0, far))))
    ((x, y),) = _in_triangle(p[np.newaxis])
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{POINT}" stroke="{RING}" stroke-width="2"/>'
    return [*shapes, dot]


def pictures(urls: list[str]) -> list[str]:
    """Draw ten small images, given by their addresses, in two rows."""
    size, gap = 52, 8
    left, top = (WIDTH - 5 * size - 4 * gap) / 2, (HEIGHT - 2 * size - gap) / 2
    return [
        f'<image href="{url}" x="{left + (k % 5) * (size + gap)}" y="{top + (k // 5) * (size + gap)}"'
        f' width="{size}" height="{size}"/>'
        for k, url in enumerate(urls)
    ]


def matrix(counts) -> list[str]:
    """Draw a confusion matrix (K, K): what is right in one colour, the mistakes, stronger, in another."""
    counts = np.asarray(counts, np.float64)
    k = len(counts)
    size = (HEIGHT - 12) / k
    wrong = counts - np.diag(np.diag(counts))
    shapes = []
    for row, column in np.ndindex(k, k):
        is_right = row == column
        share = counts[row, column] / counts.max() if is_right else wrong[row, column] / wrong.max()
        x, y = (WIDTH - size * k) / 2 + size * column, 6 + size * row
        shapes.append(_rect(x, y, size - 1.5, size - 1.5, "currentColor", FAINT / 3))
        shapes.append(_rect(x, y, size - 1.5, size - 1.5, ACCENT if is_right else MARK, share))
    return shapes


def histogram(counts, at: float, name: str) -> list[str]:
    """Draw counts as bars side by side, and a named line `at` a share of the width."""
    counts = np.asarray(counts, np.float64)
    wide = 280 / len(counts)
    tall = 104 * counts / counts.max()
    shapes = [_rect(20 + wide * i, 132 - h, wide - 1.5, h, ACCENT) for i, h in enumerate(tall)]
    x = 20 + 280 * at
    line = f'<path d="M{x:.1f} 24V132" stroke="{MARK}" stroke-width="2" stroke-dasharray="5 4"/>'
    return [*shapes, _rect(20, 132, 280, 1.5, "currentColor", 0.4), line, _text(x, 17, name)]


def _in_triangle(q) -> list[tuple[float, float]]:
    x, y = simplex_xy(q)
    return [(WIDTH / 2 + 156 * (a - 0.5), 142 - 156 * b) for a, b in zip(x, y, strict=True)]


def _tint(share: float) -> str:
    """Return the colour of a surface at a share of its height from 0 to 1."""
    at, colours = zip(*SEQUENTIAL, strict=True)
    channels = [[int(colour[i : i + 2], 16) for colour in colours] for i in (1, 3, 5)]
    return "#" + "".join(f"{round(np.interp(share, at, channel)):02x}" for channel in channels)


def _polygon(points, colour: str) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{corners}" fill="{colour}" stroke="#fff" stroke-opacity="0.5" stroke-width="0.6"/>'


def _rect(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} rx="1.5" style="fill: {colour}" fill-opacity="{opacity:.3f}"/>'


def _text(x: float, y: float, text: str) -> str:
    place = f'x="{x:.1f}" y="{y}" text-anchor="middle" font-size="13"'
    return f'<text {place} fill="currentColor">{html.escape(text)}</text>'
