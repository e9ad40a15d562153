"""Lines by which the training that the campaigns disturb tells in which part it is."""

IN_STEP, IN_VALIDATION, IN_TEACHER = "in the step", "in validation", "in the teacher's pass"
MARKS = (IN_STEP, IN_VALIDATION, IN_TEACHER)
# What it prints at the end of each.
ENDS = {mark: f"no longer {mark}" for mark in MARKS}
