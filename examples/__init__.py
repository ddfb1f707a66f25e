"""Programs that use Setara from outside, over REST alone."""
