"""What a run's page says of the work before the training: what is being done, and the time left at the present rate."""

import tomllib

import pytest

from explorer.shell import texts

# What is shown at each of the moments (seconds, what the server says), in order: [sentence, time left, remarks, busy].
SCRIPT = """async ([words, moments]) => {
    const { status } = await import("http://explorer.test/run_monitor/status.js");
    const root = document.body.appendChild(document.createElement("div"));
    const shown = status(root, words, {});
    const clock = performance.now;
    const text = (name) => [...root.querySelectorAll(name)].map((node) => node.textContent);
    try {
        return moments.map(([at, run]) => {
            performance.now = () => 1000 * at;
            shown.show({ started: null, steps: [], epochs: [], diverged: null, ended: null, ...run });
            const [busy] = [...root.querySelectorAll(".xrm-progress")].map((bar) => bar.classList.contains("xrm-busy"));
            return [...text(".xrm-state"), ...text(".xrm-left"), text(".xrm-note p"), busy];
        });
    } finally {
        performance.now = clock;
        root.remove();
    }
}"""
MB = 1_000_000


@pytest.fixture(scope="module", params=texts.LANGUAGES)
def words(request):
    return tomllib.loads((texts.FOLDER / request.param / "train.toml").read_text("utf-8"))["monitor"]


@pytest.fixture
def shown(modules, words):
    """Return a function that gives what the page shows at each moment (seconds, name, done, total)."""

    def shown(*moments):
        runs = [
            [at, {"state": "starting", "progress": name and {"progress": name, "done": done, "total": total}}]
            for at, name, done, total in moments
        ]
        return modules.evaluate(SCRIPT, [words, runs])

    return shown


def about(words, seconds):
    return words["left"].replace("@{time}", words["seconds"].replace("@{n}", str(seconds)))


def test_the_time_left_follows_the_rate_of_the_last_seconds(shown, words):
    """10 MB/s for 10 s, then 1 MB/s: a mean since the beginning would promise 14 s where 60 are left."""
    fast = [(at, "download", 10 * MB * at, 170 * MB) for at in range(11)]
    slow = [(10 + at, "download", (100 + at) * MB, 170 * MB) for at in range(1, 11)]
    left = [left for _, left, *_ in shown(*fast, *slow)]
    assert left[0] == "" and left[1] == about(words, 16) and left[10] == about(words, 7)
    assert left[20] == about(words, 60)


def test_of_a_download_that_stands_still_no_time_is_promised(shown, words):
    moments = [(at, "download", min(10 * MB * at, 50 * MB), 170 * MB) for at in range(30)]
    shown_at = shown(*moments)
    assert shown_at[5][1] and not shown_at[29][1]


def test_a_pause_does_not_count_for_the_rate_after_it(shown, words):
    moments = [(0, "download", 0, 170 * MB), (1, "download", 10 * MB, 170 * MB), (2, "retry", 0, 4), (6, "retry", 3, 4)]
    again = [(7, "download", 10 * MB, 170 * MB), (8, "download", 20 * MB, 170 * MB)]
    assert [left for _, left, *_ in shown(*moments, *again)][-2:] == ["", about(words, 15)]


def test_it_says_at_each_moment_what_it_is_doing(shown, words):
    steps = [("download", 1, 2), ("check", 0, 2), ("extract", 0, 2), ("decode", 0, 2), ("model", 0, None)]
    ends = [(name, total, total) for name, _, total in steps[:-1]]
    for number, (name, done, total) in enumerate([*steps, *ends]):
        ((said, *_),) = shown((number, name, done, total))
        assert said.startswith(words["progress"][name]), "loading PyTorch is over by then"
    assert shown((0, None, 0, 0))[0][0] == words["state"]["starting"]


def test_what_is_begun_has_no_time_yet_from_what_was_before(shown, words):
    moments = [(0, "download", 0, 170 * MB), (1, "download", 170 * MB, 170 * MB), (2, "check", 0, 170 * MB)]
    assert [left for _, left, *_ in shown(*moments, (3, "check", 85 * MB, 170 * MB))] == ["", "", "", about(words, 1)]


def test_a_pause_between_two_tries_says_how_long_it_lasts(shown, words):
    ((said, left, remarks, busy),) = shown((0, "retry", 3, 16))
    assert said == words["progress"]["retry"].replace("@{left}", words["seconds"].replace("@{n}", "13"))
    assert (left, remarks, busy) == ("", [words["retry_help"]], True)


def test_while_it_is_fetched_and_after_a_stop_it_says_that_what_has_arrived_is_kept(modules, shown, words):
    ((_, _, remarks, busy),) = shown((0, "download", 85 * MB, 170 * MB))
    assert (remarks, busy) == ([words["download_help"]], False)
    assert [remarks for _, _, remarks, _ in shown((0, "check", 1, 2), (0, None, 0, 0))] == [[], []]
    progress = {"progress": "download", "done": 85 * MB, "total": 170 * MB}
    stopped = {"state": "finished", "over": True, "ended": {"reason": "stopped"}, "progress": progress}
    stopping = {"state": "starting", "stopping": True, "progress": progress}
    told = modules.evaluate(SCRIPT, [words, [[0, stopping], [1, stopped]]])
    assert [said for said, *_ in told] == [words["state"]["stopping_early"], words["state"]["finished_early"]]
    assert [remarks for _, _, remarks, _ in told] == [[words["download_help"]]] * 2


@pytest.mark.parametrize(
    ("configuration", "images", "seconds", "speed", "expected"),
    [
        ({"epochs": 10}, 5_000, 100.0, 100.0, (50, 950)),  # it was half as fast before: the mean would say 1900
        ({"epochs": 10, "max_seconds": 200.0}, 5_000, 100.0, 100.0, (50, 100)),
        ({"max_seconds": 130.0}, 5_000, 100.0, 100.0, (None, 30)),
        ({"epochs": 1}, 5_000, 100.0, 100.0, (None, 50)),
        ({"epochs": 10}, 5_000, 100.0, None, None),
    ],
)
def test_the_time_left_of_the_training_too_is_at_the_present_rate(
    modules, words, configuration, images, seconds, speed, expected
):
    started = {"images": 10_000, "configuration": configuration, "device": "cpu", "parameters": 1}
    run = {"state": "running", "started": started, "images": images, "seconds": seconds, "images_per_second": speed}
    ((_, left, *_),) = modules.evaluate(SCRIPT, [words, [[0, run]]])

    def spoken(time):
        unit, number = ("seconds", time) if time < 90 else ("minutes", round(time / 60))
        return words[unit].replace("@{n}", str(number))

    if expected is None:
        assert left == ""
    elif expected[0] is None:
        assert left == words["left"].replace("@{time}", spoken(expected[1]))
    else:
        of_both = words["left_of_both"].replace("@{epoch}", spoken(expected[0]))
        assert left == of_both.replace("@{all}", spoken(expected[1]))
