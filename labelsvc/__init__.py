"""QR traceability and product labels for Vietnam's OCOP programme."""
