"""What Prompt Edit costs beside its models: `python -m benchmarks`."""
