"""Training scripts of the sample models: real data in, ONNX, Parquet evidence and manifests out."""
