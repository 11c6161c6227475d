"""Pictures of training.

Each function takes Matplotlib's Axes, draws on them and returns them; whoever calls
owns the figure.
"""

import numpy as np

# Two of the colors of Okabe and Ito, told apart by every eye.
BLUE, ORANGE = "#0072B2", "#D55E00"


def cost(axes, history):
    """Draw the cost of training, and of validation where there is one, against the
    epoch; return the axes.
    """
    axes.plot(history.epoch, history.loss, color=BLUE, label="training")
    if np.isfinite(history.val_loss).any():
        axes.plot(
            history.epoch,
            history.val_loss,
            color=ORANGE,
            linestyle="--",
            label="validation",
        )
        axes.legend(frameon=False)
    axes.set(xlabel="epoch", ylabel="cost J", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    return axes
