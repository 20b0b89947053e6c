"""The training program, `python -m explorer.training`: trains, reports events, obeys commands, writes a run folder.

    python -m explorer.training --recipe cpu-minute --run-dir my-run
    python -m explorer.training --resume my-run
    torchrun --nproc-per-node=8 -m explorer.training --recipe gpu-94
    python -m explorer.training landscape my-run
    python -m explorer.training classify my-run < cat.jpg

`--help` lists what can be set; `recipes.py` says what holds unless it is. Exit status: 0 finished (stopped or not),
1 failed, 2 wrong arguments, 3 failed and could not write so into the run folder: the disk is full.

Events go to standard output and to the run folder's events.jsonl, one JSON object a line. Losses are in nats, times in
seconds of training: evaluations, pauses, samples and checkpoints do not count. "inf", "-inf" and "nan" are strings.

    started    dataset, classes, images, test_images, parameters (trained ones), layers [[name, shape, parameters], …],
               device, precision, memory_format, threads, processes, torch, configuration {option: value} without
               the folders of this machine;
               notice: {code "synthetic-instead", reason, message} if drawn pictures stand in, {code "left-out", count,
               first} if files or sub-folders of image folders are not used; resumed: the step that a run goes on from
    step       step (from 1), epoch (from 1), loss (mean over the batch, of the loss that is descended),
               learning_rate, images (so far), seconds; at steps 1, 21, 41, … also gradient_norm (of all weights,
               before momentum) and update_ratio (norm of the step over norm of the weights)
    epoch      epoch, train_loss (mean of the steps since the last evaluation), test_loss (always the softmax's
               cross-entropy without smoothing), test_accuracy, class_accuracy [10], images_per_second, seconds;
               after the first step for the untrained model (epoch 0), after each epoch, with few training pictures
               after several, and where a run ends
    samples    step, logits [20][10] of sample_images.npy; about once a second
    diverged   step: the first whose loss was not finite; the run goes on
    paused     step
    resumed    step
    changed    step, and which of learning_rate, momentum, weight_decay has been changed to what, by a command or where
               a run goes on
    finished   reason (epochs, seconds, stopped), test_accuracy, images_per_second, seconds, diverged (step or null);
               the last event
    failed     code (for programs), message (for people); the last event

Standard error carries {"progress": …, "done": …, "total": …} of work beside the training, and whatever else there is.

Commands, with --commands, come on standard input, one JSON object a line. The end of the input stops the run; what is
no command is answered on standard error and ignored. Pausing takes effect between two steps.

    {"command": "pause"}               and the clock stands still
    {"command": "resume"}
    {"command": "step", "steps": 10}   so many steps, then pause (without "steps": one)
    {"command": "epoch"}               to the end of the epoch, evaluated, then pause
    {"command": "set", "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0}   one of the three or more;
                                       the learning rate is the peak of the schedule, which goes on where it is
    {"command": "stop"}                evaluate, write the folder, finish; SIGTERM and SIGINT do the same

The run folder, every file but the events written whole or not at all:

    config.json            the `started` event
    events.jsonl           all events
    test_labels.npy        int64 (n,)
    test_logits/0003.npy   float32 (n, 10), after each evaluation, by epoch
    sample_images.npy      uint8 (20, 32, 32, 3): the first two test pictures of each class
    sample_index.npy       int64 (20,): their places among the test pictures
    templates.npy          float16 (10, 32, 32, 3): of the softmax model, the weights of each class as a picture
    filters.npy            float16 (n, size, size, 3): of a convolutional model, the first layer's filters
    snapshots/0003.npy     float16 (parameters,): the trained weights after some evaluations; about 24 MB at most
    checkpoint.pt          all that --resume needs, every --checkpoint-seconds and at the end
    weights.pt             the model's state, at the end

`landscape` (its own --help) computes the loss on a plane through the trained weights, with progress and the commands'
"stop" as above, tells `finished` (reason: computed, stopped) or `failed`, and adds to the run folder:

    landscapes/<directions>-<points>-<samples>-<span>-<seed>.json
                           schema 1; those settings; pictures, of them so many; weights, trained ones; x, y [points];
                           trained, the loss at (0, 0); loss [at y][at x]; path {epochs, x, y} of the snapshots, each
                           where the plane is nearest to it; seen: what part of the way's squared length lies in
                           the plane; device, precision, memory_format, torch, seconds

`classify` answers what the trained model says of a picture; `classify.py` has the details.

A resumed run forgets what its events say after the checkpoint, the last `finished` included, and goes on from there;
evaluations after it, `weights.pt` and `landscapes` go too.
"""
