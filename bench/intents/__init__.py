"""Intent classification and out-of-scope detection on public sets, ours beside plain baselines."""
