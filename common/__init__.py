"""What every folder may use: errors, atomic files, how a command starts; imported first, it quietens TensorFlow."""

import os
import warnings


def _quieten_tensorflow() -> None:
    """Silence the start-up messages of TensorFlow and its add-ons, unless VERBOSE=1; works before they are imported."""
    if os.environ.get("VERBOSE") == "1":
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore", module="tensorflow_addons")
    warnings.filterwarnings("ignore", message=".*TensorFlow Addons.*")


_quieten_tensorflow()
