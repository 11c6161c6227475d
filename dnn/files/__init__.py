"""What reads and writes files: data sets, pictures, nets."""

__all__ = ["pictures", "sets", "storage"]
