"""How the sample models are made: `python -m recipes.NAME`, one a model.

Training scenes have the seeds below `TRAIN_SEEDS.stop`, those of the painter below 600000;
evaluation uses seeds from 900000 on.
"""

TRAIN_SEEDS = range(0, 14_000)
