"""The training program, `python -m explorer.training`: trains, reports events, obeys commands, writes a run folder.

    python -m explorer.training --recipe cpu-minute --run-dir my-run
    python -m explorer.training --resume my-run
    torchrun --nproc-per-node=8 -m explorer.training --recipe gpu-94
    python -m explorer.training landscape my-run
    python -m explorer.training classify my-run < cat.jpg

`--help` lists the options; protocol/recipes.py has their defaults. Exit status: 0 finished (stopped or not),
1 failed, 2 wrong arguments, 3 failed and could not record it, because the disk is full.

On a terminal it tells a person how it gets on, unless --json is given. Into a pipe or a file, events go to standard
output, and to the run folder's events.jsonl in any case, one JSON object a line. Losses are in nats, times in
seconds of training, without evaluations, pauses, samples and checkpoints. "inf", "-inf" and "nan" are strings.

    started    dataset, classes, images, test_images, parameters (number of trained ones), layers [[name, shape,
               parameters], …], device, precision, memory_format, threads, processes, torch, configuration
               {option: value} without the folders of this machine;
               notice: {code "synthetic-instead", reason, message} if drawn shapes are used instead, {code "left-out",
               count, first} if files or sub-folders of image folders are not used; resumed: the step from which a run
               is resumed; held_out: true if the test images are a fifth of each class, drawn by the seed from folders
               without train and test; passed_over: which faster device does not work here, and why
    step       step (from 1), epoch (from 1), loss (the minimised loss, mean over the batch),
               learning_rate, images (so far), seconds; at steps 1, 21, 41, … also gradient_norm (of all weights,
               before momentum) and update_ratio (norm of the step over norm of the weights)
    epoch      epoch, train_loss (mean over the steps since the last evaluation), test_loss (always the softmax's
               cross-entropy without smoothing), test_accuracy, class_accuracy [K], images_per_second, seconds;
               after the first step for the untrained model (epoch 0), after each epoch (with few training
               images after several), and at the end of a run
    samples    step, logits [2K][K] of sample_images.npy; about once a second
    diverged   step: the first whose loss was not finite; the run goes on
    paused     step
    resumed    step
    changed    step, and the new values of learning_rate, momentum or weight_decay, after a command or when a run is
               resumed
    finished   reason (epochs, seconds, stopped), test_accuracy, augmented_accuracy (with --six-views, else null),
               images_per_second, seconds, diverged (step or null); the last event
    failed     code (for programs), message (for people), and with some codes name, count and least, which the
               message names; the last event

Beside JSON, standard error has {"progress": …, "done": …, "total": …} of other work than training, and messages.

Commands, with --commands, come on standard input, one JSON object a line. The end of the input stops the run. Invalid
commands are reported on standard error and ignored. Pausing takes effect between two steps.

    {"command": "pause"}               the clock stops as well
    {"command": "resume"}
    {"command": "step", "steps": 10}   this many steps, then pause (without "steps": one)
    {"command": "epoch"}               to the end of the epoch, evaluated, then pause
    {"command": "set", "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0}   one or more of these;
                                       the learning rate is the peak of the schedule, which continues
    {"command": "stop"}                evaluate, write the folder, finish; SIGTERM and SIGINT do the same

The run folder (every file but the events is written completely or not at all):

    config.json            the `started` event
    events.jsonl           all events
    test_labels.npy        int64 (n,)
    test_logits/0003.npy   float32 (n, K), after each evaluation, by epoch
    sample_images.npy      uint8 (2K, 32, 32, 3): the first two test images of each of the K classes
    test_images.npy        uint8 (n, 32, 32, 3): those of image folders, up to 4,000 of them
    fingerprints.npy       float16 (n, 12): by which the test images are found in another copy of the data
    sample_index.npy       int64 (2K,): their indices in the test set
    templates.npy          float16 (K, 32, 32, 3): of the softmax model, the weights of each class as an image
    filters.npy            float16 (n, size, size, 3): of a convolutional model, the first layer's filters
    snapshots/0003.npy     float16 (parameters,): the trained weights after some evaluations; about 24 MB at most
    checkpoint.pt          all that --resume needs, written every --checkpoint-seconds and at the end
    weights.pt             the model's state, at the end

`landscape` (its own --help) computes the loss on a plane through the trained weights, with progress and the commands'
"stop" as above, reports `finished` (reason: computed, stopped) or `failed`, and adds to the run folder:

    landscapes/<directions>-<points>-<samples>-<span>-<seed>.json
                           schema 1; those settings; pictures (their number); weights (of trained ones); x, y [points];
                           trained (the loss at (0, 0)); loss [at y][at x]; path {epochs, x, y} of the snapshots,
                           projected on the plane; seen (the share of the path's squared length in the plane);
                           device, precision, memory_format, torch, seconds

`classify` classifies an image with the trained model, and with --inside tells what it becomes in each layer;
`classify.py` and `inside.py` have the details.

A resumed run removes the events after its checkpoint, including the last `finished`, and continues from there. Later
evaluations, `weights.pt` and `landscapes` are removed as well.
"""
