"""What a person waits for in Chromium: drags, releases, opening a page, bytes, a long chart."""

import contextlib
import json
import shutil
import statistics
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app import quantiles, server, wait_until

BOARDS = ("/logistic-regression", "/softmax", "/softmax-or-sigmoid", "/cross-entropy")
SLIDER = ".xb input[type=range]"

# A board draws in the animation frame after the event. This listener comes after the board's, so its own callback
# runs in the same frame when the board has drawn.
LISTEN = """() => {
    window.latencies = [];
    document.addEventListener("input", (event) => {
        requestAnimationFrame(() => window.latencies.push(performance.now() - event.timeStamp));
    });
}"""

# Set the first slider and let it go, as the end of a drag does; wait until every figure has been drawn again.
RELEASE = """async (value) => {
    const slider = document.querySelector(".xb input[type=range]");
    const figures = [...document.querySelectorAll(".xf")];
    const before = figures.map((figure) => figure.dataset.drawn);
    const begun = performance.now();
    slider.value = value;
    for (const type of ["input", "change"]) slider.dispatchEvent(new Event(type, { bubbles: true }));
    while (figures.some((figure, i) => figure.dataset.drawn === before[i])) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (performance.now() - begun > 5000) return null;
    }
    return performance.now() - begun;
}"""

# Note when, after the next event of a kind, every figure shows what came of it: a scene two frames after plotly has
# drawn it, any other in the frame in which something in it is changed.
MOVED = """(kind) => {
    const plots = [...document.querySelectorAll(".xf .js-plotly-plot")];
    window.moved = new Promise((resolve) => window.addEventListener(kind, ({ timeStamp }) => {
        const shown = plots.map((plot) => new Promise((resolve) => {
            const scene = plot.querySelector(".gl-container canvas");
            if (scene) return plot.once("plotly_afterplot", () => requestAnimationFrame(resolve));
            const watch = new MutationObserver(() => resolve(watch.disconnect()));
            watch.observe(plot, { subtree: true, childList: true, attributes: true });
        }));
        const frame = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
        Promise.all(shown).then(frame);
    }, { capture: true, once: true }));
}"""

DRAWN = (
    "() => document.querySelectorAll('.xf').length && [...document.querySelectorAll('.xf')].every(f => f.dataset.drawn)"
)


@contextlib.contextmanager
def chromium():
    """Yield a running browser."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        )
        yield browser
        browser.close()


def fresh_tab(browser) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()


def drag(tab: Page, url: str, moves: int = 200) -> list[float]:
    """Return the milliseconds from each pointer event to the end of the drawing that it caused."""
    tab.goto(url)
    slider = tab.locator(SLIDER).first
    slider.wait_for()
    with contextlib.suppress(Exception):  # a board without figures
        tab.wait_for_function(DRAWN, timeout=10_000)
    tab.evaluate(LISTEN)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + box["width"] / 2, y)
    tab.mouse.down()
    for move in range(moves):
        tab.mouse.move(box["x"] + box["width"] * (0.3 + 0.4 * (move % 40) / 40), y)
    tab.mouse.up()
    return tab.evaluate("window.latencies")


def release(tab: Page, url: str, times: int = 40) -> list[float]:
    """Return the milliseconds from letting a slider go until all figures of the page have been drawn anew."""
    tab.goto(url)
    tab.wait_for_function(DRAWN)
    values = [(-2 if time_ % 2 else 2) + 0.1 * (time_ % 7) for time_ in range(times)]
    found = []
    for value in values:
        found.append(tab.evaluate(RELEASE, value))
        tab.wait_for_timeout(120)
    return [milliseconds for milliseconds in found if milliseconds is not None]


def moves(tab: Page, url: str, by: str, times: int = 30) -> list[float]:
    """Return the milliseconds from a press of an arrow key, or of a preset, until all figures that follow show it."""
    tab.goto(url)
    tab.wait_for_function(DRAWN)
    slider, presets = tab.locator(SLIDER).first, tab.locator("[class*=st-key-stage-controls-presets] button")
    tab.wait_for_timeout(1000)
    found = []
    for turn in range(times):
        tab.evaluate(MOVED, "keydown" if by == "key" else "click")
        if by == "key":
            slider.press("ArrowRight" if turn % 8 < 4 else "ArrowLeft")
        else:
            presets.nth(turn % 2).click()
        found.append(tab.evaluate("Promise.race([window.moved, new Promise((go) => setTimeout(go, 5000))])"))
        tab.wait_for_timeout(400)
    return [milliseconds for milliseconds in found[2:] if milliseconds is not None]


# When a title can be read, a slider can be moved and every figure is drawn, in milliseconds from the opening: noted by
# the page itself, once the frame that shows it has been made.
NOTES = """() => {
    window.opening = {};
    const seen = {
        title: () => document.querySelector("h1, #opening [role=heading]")?.offsetWidth,
        board: () =>
            !document.getElementById("opening") && document.querySelector(".xb input[type=range]")?.offsetWidth,
        figures: () => {
            const figures = [...document.querySelectorAll(".xf")];
            return figures.length && figures.every((figure) => figure.dataset.drawn);
        },
    };
    const look = () => {
        for (const [name, isSeen] of Object.entries(seen)) {
            if (window.opening[name] === undefined && isSeen()) {
                window.opening[name] = null;
                setTimeout(() => (window.opening[name] = performance.now()));
            }
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def open_once(browser, url: str, wanted: str) -> dict[str, float]:
    """Open a page in an empty browser until `wanted` is seen; return what it noted, and the bytes received."""
    tab = fresh_tab(browser)
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    tab.add_init_script(f"({NOTES})()")
    tab.goto(url, wait_until="commit")
    tab.wait_for_function(f"() => window.opening.{wanted}")
    tab.wait_for_timeout(500)
    noted = tab.evaluate("window.opening") | {"bytes": sum(received)}
    tab.context.close()
    return noted


def long_run(runs: Path, steps: int = 100_000) -> str:
    """Write the folder of a run of so many steps; return its id."""
    folder = runs / "benchmark-of-a-long-run"
    folder.mkdir(parents=True)
    classes = [f"class {k}" for k in range(10)]
    started = {"event": "started", "device": "cpu", "dataset": "synthetic", "images": 1000, "test_images": 100}
    started |= {"classes": classes, "parameters": 1, "precision": "float32", "configuration": {"epochs": 100}}
    with (folder / "events.jsonl").open("w") as file:
        file.write(json.dumps(started) + "\n")
        for step in range(1, steps + 1):
            event = {"event": "step", "step": step, "epoch": 1, "loss": 2.3 / (1 + step / 5000) + (step % 17) / 100}
            file.write(json.dumps(event | {"learning_rate": 0.1, "images": step, "seconds": step / 100}) + "\n")
    return folder.name


def long_chart(browser) -> tuple[float, float]:
    """Watch a run of 100,000 steps that goes on; return the longest task in ms and the bytes of the largest tick."""
    with server() as (url, _, runs):
        run = long_run(runs)
        tab = fresh_tab(browser)
        sizes = []
        tab.on("response", lambda answer: sizes.append(len(answer.body())) if "/events" in answer.url else None)
        tab.goto(f"{url}/train?run={run}")
        wait_until(lambda: len(sizes) > 3 or tab.wait_for_timeout(200))
        tab.wait_for_timeout(4000)
        tab.evaluate("""() => {
            window.tasks = [0];
            new PerformanceObserver((list) => list.getEntries().forEach((task) => window.tasks.push(task.duration)))
                .observe({ type: "longtask" });
        }""")
        with (runs / run / "events.jsonl").open("a") as file:
            for step in range(100_001, 101_001):
                event = {"event": "step", "step": step, "epoch": 2, "loss": 0.2, "learning_rate": 0.1}
                file.write(json.dumps(event | {"images": step, "seconds": step / 100}) + "\n")
                if step % 100 == 0:
                    file.flush()
                    tab.wait_for_timeout(500)
        longest = max(tab.evaluate("window.tasks"))
        tab.context.close()
        return longest, max(sizes)


def rows():
    """Yield (what, measured, target) for every row of the table that a browser measures."""
    with chromium() as browser, server() as (url, _, _):
        tab = fresh_tab(browser)
        for page in BOARDS:
            median, late = quantiles(drag(tab, url + page))
            yield f"drag on {page}, event to end of drawing, p50 / p95", f"{median:.1f} / {late:.1f} ms", "p95 ≤ 16.7"
        for page in ("/softmax?part=surface", "/cross-entropy?part=claim"):
            found = release(tab, url + page)
            if found:
                median, late = quantiles(found)
                yield f"release on {page} to all figures, p50 / p95", f"{median:.0f} / {late:.0f} ms", "≤ 100 / ≤ 200"
        for page, kind, target in (
            ("/cross-entropy?part=claim", "2-D", "≤ 50 / ≤ 100"),
            ("/softmax?part=surface", "a surface", "≤ 100 / ≤ 150"),
        ):
            for by in ("key", "preset"):
                median, late = quantiles(moves(tab, url + page, by))
                yield f"a move by {by} → every figure, {kind}, p50 / p95", f"{median:.0f} / {late:.0f} ms", target
        tab.context.close()
        opened = [open_once(browser, f"{url}/softmax?part=surface", "figures") for _ in range(5)]
        board, figures, received = (
            statistics.median(noted[name] for noted in opened) for name in ("board", "figures", "bytes")
        )
        told = f"{board / 1000:.2f} / {figures / 1000:.2f} s"
        yield "opening /softmax?part=surface, board / every figure", told, "≤ 1.5 / ≤ 3"
        yield "bytes of that first load", f"{received / 1e6:.2f} MB", "≤ 1.5"
        longest, largest = long_chart(browser)
        yield (
            "100,000 steps on the chart, longest task / largest tick",
            f"{f'{longest:.0f} ms' if longest else 'none over 50 ms'} / {largest} B",
            "≤ 50 / ≤ 10,000",
        )
