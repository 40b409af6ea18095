package dev.airlock.testing;

import dev.airlock.workflows.RolloutControl;
import java.time.Duration;

/** What somebody will want of a canary, and how long after it has begun. */
record Wish(RolloutControl.Kind kind, Duration after, String person, String reason) {}
