"""The doorway to onnxruntime: a model is loaded and run in a process of its own, with limits, and never in this one."""
