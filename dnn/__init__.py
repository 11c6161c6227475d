"""Deep neural networks from scratch, in NumPy.

The program of the book: each module in this folder is built by a chapter, and says
which. What most programs need is here; `data` and `schedules` are imported as modules.
Around this core, `dnn.files` reads and writes, `dnn.lab` holds what the book needs
beside the program, and `dnn.shell` is `python -m dnn`.
"""

from dnn.activations import *
from dnn.callbacks import *
from dnn.evaluation import *
from dnn.gradcheck import *
from dnn.initializers import *
from dnn.layers import *
from dnn.losses import *
from dnn.models import *
from dnn.network import *
from dnn.optimizers import *
from dnn.penalties import *
from dnn.training import *

__version__ = "0.1.0"
