"""Reports by consumers, and cases."""
