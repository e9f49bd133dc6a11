"""The worker thread: jobs, queue, cancellation, events, devices and their memory."""
