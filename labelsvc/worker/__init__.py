"""Runs the jobs: in a local process pool, or in Celery workers."""
