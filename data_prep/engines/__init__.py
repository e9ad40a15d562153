"""Where the jobs of a build run: in processes of this machine, or on whatever Apache Beam has a runner for."""
