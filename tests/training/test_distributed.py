"""Several processes train as one: launched by torchrun on the CPU."""

import pytest

from explorer.training import models
from explorer.training.losses import objective

pytestmark = pytest.mark.slow

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


@pytest.fixture
def pair(program, make_folder, tmp_path):
    """Return a function that trains with two processes on forty pictures, and the arguments it adds."""
    common = ("--dataset", "folder", "--data-dir", make_folder(tmp_path / "data"), "--device", "cpu")

    def pair(*arguments):
        status, events, err = program(*common, *arguments, launcher=TORCHRUN).end()
        assert status == 0, err
        return events

    return pair, common


def test_two_processes_descend_as_one(pair, program):
    """The same batches, split: the same losses over twenty steps, the last batch of an epoch being a smaller one."""
    pair, common = pair
    arguments = ("--model", "mlp", "--width", 32, "--augment", "none", "--batch-size", 15, "--epochs", 7)
    two = pair(*arguments)
    one = program(*common, *arguments).end()[1]
    losses = [[event["loss"] for event in events if event["event"] == "step"] for events in (one, two)]
    assert len(losses[0]) == 21
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)
    assert [event["event"] for event in two if event["event"] != "samples"] == [
        event["event"] for event in one if event["event"] != "samples"
    ]
    assert (one[0]["processes"], two[0]["processes"]) == (1, 2)
    assert two[-1]["test_accuracy"] == one[-1]["test_accuracy"]


def test_two_processes_train_a_network_with_batch_norm_and_stop_together_in_time(pair):
    pair, _ = pair
    # Even batches of the same few pictures, so that their loss falls whatever the seed and the machine's speed.
    arguments = ("--model", "cnn", "--batch-size", 20, "--precision", "float32", "--augment", "none")
    events = pair(*arguments, "--learning-rate", 0.01, "--epochs", 4)
    losses = [event["loss"] for event in events if event["event"] == "step"]
    assert sum(losses[-4:]) < sum(losses[:4])
    assert pair(*arguments, "--epochs", 1000, "--max-seconds", 0.5)[-1]["reason"] == "seconds"


def test_a_process_without_a_share_of_the_last_batch_adds_nothing(data, settings):
    model = models.build(settings("--model", "cnn"), data["train_images"], 10)
    loss = objective(model(data["train_images"][:0]), data["train_labels"][:0], settings("--model", "cnn")).sum()
    loss.backward()
    assert loss.item() == 0
    assert all(not weight.grad.any() for weight in model.parameters())
