"""What every room stands on. Nothing in here knows the business."""
