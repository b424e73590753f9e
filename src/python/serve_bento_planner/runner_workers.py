"""The number of a runner's workers, which BentoML computes from resources and has no setting for."""

from typing import Any, Dict


def set_worker_counts(wanted: Dict[str, int]) -> None:
    """Makes the runners named have that many workers, each with the environment BentoML gives one."""
    if not wanted:
        return
    from bentoml._internal.runner.runner import Runner

    count = Runner.scheduled_worker_count.fget
    Runner.scheduled_worker_count = property(lambda runner: wanted.get(runner.name) or count(runner))
    env_map = getattr(Runner, "scheduled_worker_env_map", None)
    if env_map is None:  # before 1.1 workers find their environment by themselves
        return
    Runner.scheduled_worker_env_map = property(
        lambda runner: _env_map(runner, wanted[runner.name]) if runner.name in wanted else env_map.fget(runner)
    )


def _env_map(runner: Any, workers: int) -> Dict[int, Dict[str, Any]]:
    strategy = runner.scheduling_strategy
    request = (runner.runnable_class, runner.resource_config)
    # More workers than devices share them in turn.
    devices = strategy.get_worker_count(*request, 1)
    return {number: strategy.get_worker_env(*request, 1, number % devices) for number in range(workers)}
